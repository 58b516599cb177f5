import { GstdError, type NetworkConfig } from '@gstd/sdk'

const TIMEOUT_MS = 15_000

/**
 * Asks a devnet's faucet for test TON. The TON arrive with one of the next blocks.
 *
 * @param address - raw address
 * @throws GstdError `FEATURE_NOT_OFFERED` on networks without a faucet, `CHAIN_UNAVAILABLE`
 */
export const requestFaucet = async (
  network: Pick<NetworkConfig, 'name' | 'faucet'>,
  address: string,
  amountNano: bigint,
  signal: AbortSignal,
): Promise<void> => {
  const { name, faucet } = network
  if (faucet === undefined) {
    throw new GstdError('FEATURE_NOT_OFFERED', `the network "${name}" has no faucet`, {
      details: { feature: 'faucet' },
      hint: 'only a devnet gives test TON: send TON to the wallet’s address instead',
    })
  }
  let response: Response
  try {
    response = await fetch(faucet, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ address, amount_nano: amountNano.toString() }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
  } catch (cause) {
    signal.throwIfAborted()
    throw new GstdError('CHAIN_UNAVAILABLE', `the faucet ${faucet} does not answer`, { details: { faucet }, cause })
  }
  if (response.ok) return
  const text = (await response.text()).slice(0, 300)
  throw new GstdError('CHAIN_UNAVAILABLE', `the faucet ${faucet} refused: ${response.status} ${text}`, {
    details: { faucet },
  })
}
