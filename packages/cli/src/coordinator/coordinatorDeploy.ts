import { resolve } from 'node:path'
import { coordinatorUrl, formatAmount, GstdError, type NetworkConfig, networkConfigSchema } from '@gstd/sdk'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import {
  asDurationMs,
  asInteger,
  asName,
  asOneOf,
  asText,
  asTon,
  optional,
  required,
  withDefault,
} from '../program/option.ts'
import { readJsonFile, writeJsonFile } from '../state/jsonFile.ts'
import { keyFile } from '../state/paths.ts'
import { networkNameOf, networkParametersOf } from './deployOptions.ts'

const DEFAULT_COORDINATOR = 'http://127.0.0.1:7411'

const asKey = (text: string): string => {
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw new GstdError('USAGE_INVALID', `"${text}" is no public key: 64 hex digits in lower case`)
}

const asEndpoint = (text: string): string => {
  const url = URL.parse(text)
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return text
  throw new GstdError('USAGE_INVALID', `"${text}" is no http(s) address of a toncenter v2 JSON-RPC endpoint`)
}

const asGlobalId = (text: string): number => -asInteger(1, 2 ** 31)(text.replace(/^-/, ''))

/** A file that describes another vault is somebody's network: it is not overwritten. */
const checkTarget = async (file: string, network: NetworkConfig): Promise<void> => {
  const known = await readJsonFile(file, networkConfigSchema, 'CONFIG_INVALID', 'the network’s file')
  if (known === undefined) return
  // The vault before the treasury, which follows the guardian unless it is named.
  if (known.vault !== network.vault) {
    throw new GstdError('CONFIG_INVALID', `${file} describes another network`, {
      details: { file, vault: known.vault, expected: network.vault },
      hint: 'its vault has other keys, another guardian or another window: take another --network-out',
    })
  }
  if (known.treasury !== undefined && known.treasury !== network.treasury) {
    throw new GstdError('CONFIG_INVALID', `${file} names another treasury`, {
      details: { file, treasury: known.treasury, expected: network.treasury },
      hint: `the addresses of all device accounts follow from it, so it stays: add --treasury ${known.treasury}`,
    })
  }
}

export const coordinatorDeploy = defineCommand({
  name: 'coordinator deploy',
  summary: 'deploy a network’s contracts and write its file',
  description:
    'Deploys the vault from the operator’s wallet, verifies on chain what is there, and writes the network’s file, which is all that others need. Makes the operator’s wallet and the coordinator’s key in the state folder when they are missing; send TON to that wallet first. The auditor’s key comes from whoever audits. Run again with the same settings it sends nothing: the same vault has the same address.',
  options: {
    networkOut: required({ flags: '--network-out <file>', summary: 'the network’s file to write', parse: asText }),
    name: required({ flags: '--name <name>', summary: 'testnet, mainnet, or a name of your own', parse: asName }),
    endpoint: required({
      flags: '--endpoint <url>',
      summary: 'toncenter v2 JSON-RPC endpoint; its key comes from GSTD_TON_API_KEY',
      parse: asEndpoint,
    }),
    auditorKey: required({ flags: '--auditor-key <hex>', summary: 'public key of the auditor', parse: asKey }),
    guardian: required({ flags: '--guardian <address>', summary: 'wallet of the guardian', parse: asText }),
    treasury: optional({
      flags: '--treasury <address>',
      summary: 'where slashed stake goes, for good (default: the guardian’s wallet)',
      parse: asText,
    }),
    gstdMaster: optional({
      flags: '--gstd-master <address>',
      summary: 'the GSTD jetton’s master (on a devnet, test GSTD is deployed without it)',
      parse: asText,
    }),
    globalId: optional({
      flags: '--global-id <id>',
      summary: 'TON’s global id, -3 or -239, where the name does not say it',
      parse: asGlobalId,
    }),
    challengeWindow: withDefault(
      { flags: '--challenge-window <duration>', summary: 'time to object to a commit', parse: asDurationMs },
      '1h',
    ),
    epoch: withDefault({ flags: '--epoch <duration>', summary: 'time between payments', parse: asDurationMs }, '10m'),
    epochAmount: optional({
      flags: '--epoch-amount <ton>',
      summary: 'unpaid sum that begins a payment before its time',
      parse: asTon,
    }),
    minimumPayout: withDefault(
      { flags: '--minimum-payout <ton>', summary: 'smaller sums wait for a later epoch', parse: asTon },
      '0.05',
    ),
    independence: optional({
      flags: '--independence <rule>',
      summary: 'which devices may check each other (default: owner+machine+range; "owner" on devnets only)',
      parse: asOneOf(['owner', 'owner+machine+range']),
    }),
  },
  examples: [
    'gstd coordinator deploy --name testnet --network-out testnet.json --endpoint https://… --auditor-key 3f… …',
  ],
  run: async (context, choice) => {
    const name = networkNameOf(choice)
    const parameters = networkParametersOf(choice, name)
    const { parseAddress } = await import('../wallet/parseAddress.ts')
    const guardian = parseAddress(choice.guardian)
    const treasury = choice.treasury === undefined ? guardian : parseAddress(choice.treasury)
    const gstdMaster = choice.gstdMaster === undefined ? undefined : parseAddress(choice.gstdMaster)
    const coordinator = coordinatorUrl(context.coordinator ?? DEFAULT_COORDINATOR)
    const { deployNetworkFile, openDeployKeys } = await import('./deployNetworkFile.ts')
    const keys = await openDeployKeys(context.keyring(name), { guardian, auditorKey: choice.auditorKey })
    const file = resolve(choice.networkOut)
    const base = { ...name, ...parameters, endpoint: choice.endpoint, coordinator, auditor_key: choice.auditorKey }
    const { network, deployed, spentNano } = await deployNetworkFile({
      base: {
        ...base,
        guardian,
        treasury,
        operator_address: keys.operator.address,
        coordinator_key: keys.coordinatorKey,
      },
      gstdMaster,
      operator: keys.operator,
      signal: context.signal,
      check: (made) => checkTarget(file, made),
    })
    await writeJsonFile(file, network, 'public')
    const { vault, operator_address: operatorAddress } = network
    return {
      data: {
        name: network.name,
        vault,
        gstd_master: network.gstd_master,
        treasury,
        deployed,
        spent_nano: spentNano.toString(),
        operator_address: operatorAddress,
        coordinator_key: network.coordinator_key,
        network_file: file,
      },
      human: (style) =>
        facts(style, [
          ['network', style.bold(network.name)],
          ['vault', `${vault}${deployed ? '' : ' (was there already, and is as it should be)'}`],
          ['GSTD master', network.gstd_master],
          ['treasury', treasury === guardian ? `${treasury} (the guardian’s)` : treasury],
          ['operator', `${operatorAddress}, spent ${formatAmount(spentNano)} TON`],
          ['keys', `${keyFile(context.stateDir, 'operator')}, ${keyFile(context.stateDir, 'coordinator')}`],
          ['file', file],
          [
            'coordinator',
            context.coordinator === undefined ? `${coordinator}: name the public one with --coordinator` : coordinator,
          ],
        ]),
      quiet: vault,
    }
  },
})
