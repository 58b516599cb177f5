import { createReadStream } from 'node:fs'
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { GstdError } from '@gstd/sdk'
import { timeOf } from '../escrow/escrowView.ts'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { optional } from '../program/option.ts'
import { ownerWalletOption } from './stakeOptions.ts'

const asHash = (text: string): string => {
  if (/^[0-9a-f]{64}$/.test(text) && !/^0*$/.test(text)) return text
  throw new GstdError('USAGE_INVALID', `"${text}" is no SHA-256: 64 hex digits in lower case`)
}

const hashFile = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file), hash)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GstdError('USAGE_INVALID', `the appeal cannot be read: ${reason}`, { details: { file }, cause })
  }
  return hash.digest('hex')
}

const hashOf = async (file: string, given: string | undefined): Promise<string> => {
  if (file !== '' && given === undefined) return hashFile(file)
  if (file === '' && given !== undefined) return given
  throw new GstdError('USAGE_INVALID', 'name either the file of the appeal or its --hash')
}

export const stakeAppeal = defineCommand({
  name: 'stake appeal',
  summary: 'put the hash of an appeal against a slash on chain',
  description:
    'A slash that coordinator and auditor have signed locks stake at once, and can be executed 72 h later. Until then its owner can put the SHA-256 of an appeal on chain, which dates it, and the guardian can veto the slash. The document itself is not sent anywhere: give it, unchanged, to the network’s guardian, who can hash it again. Another appeal takes the place of the one before it.',
  argument: { name: '[file]', summary: 'the appeal, any document' },
  options: {
    wallet: ownerWalletOption,
    hash: optional({ flags: '--hash <hex>', summary: 'SHA-256 of the appeal, instead of the file', parse: asHash }),
  },
  examples: ['gstd stake appeal appeal.md', 'gstd stake appeal --hash 9f86d0818884…'],
  run: async (context, { wallet: walletName, hash: given }, file) => {
    const hash = await hashOf(file, given)
    const network = await context.network()
    const { openWallet } = await import('../wallet/openWallet.ts')
    const { openChain } = await import('../chain/openChain.ts')
    const { appealSlash } = await import('./appealSlash.ts')
    const { slashJson } = await import('./stakeView.ts')
    const wallet = await openWallet(context.keyring(network), walletName)
    const parties = { chain: openChain(network), network, wallet, signal: context.signal }
    const { account, state, replaced } = await appealSlash(parties, hash)
    const untilSec = state.pending?.executableAtSec ?? 0
    return {
      data: { account, appeal_hash: hash, replaced: replaced ?? null, slash: slashJson(state) },
      human: (style) =>
        facts(style, [
          ['appeal', style.good(hash)],
          ['in place of', replaced],
          ['against', `slash ${state.slashSeq}, which can be executed from ${timeOf(untilSec)}`],
          ['now', 'give the document, unchanged, to the guardian, who can veto the slash until then'],
          ['guardian', network.guardian],
        ]),
      quiet: hash,
    }
  },
})
