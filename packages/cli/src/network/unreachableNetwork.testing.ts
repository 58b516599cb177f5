import type { NetworkConfig } from '@gstd/sdk'

const address = (digit: string): string => `0:${digit.repeat(64)}`

/** A network whose chain and coordinator nobody runs. */
export const unreachableNetwork: NetworkConfig = {
  name: 'devnet',
  endpoint: 'http://127.0.0.1:9/api/v2/jsonRPC',
  network: -3,
  vault: address('1'),
  gstd_master: address('2'),
  operator_address: address('3'),
  guardian: address('4'),
  coordinator_key: '5'.repeat(64),
  auditor_key: '6'.repeat(64),
  challenge_window_sec: 2,
  minimum_payout_nano: '0',
  epoch_ms: 3000,
  independence: 'owner',
  coordinator: 'http://127.0.0.1:9',
}
