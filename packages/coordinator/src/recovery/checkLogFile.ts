import { fromHex, GstdError, type LogTree, logEntryHash, type NetworkConfig, toHex, verifyHead } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'
import type { LogFile } from './openLogFile.ts'

/** What the file's charges and commits say of what the chain shows. */
export type Settled = {
  /** What an escrow had been charged, in nano, when each of its charges was made; in the order of the log. */
  charges: ReadonlyMap<string, readonly { index: number; previousNano: bigint }[]>
  /** The newest epoch that the file commits; 0 where it commits none. */
  epoch: number
}

const forked = (index: number): GstdError =>
  new GstdError('LOG_FORKED', `the database’s log says something else than the file from entry ${index} on`, {
    details: { index },
    hint: `restore a copy of the database that has at most ${index} entries`,
  })

/**
 * Checks that a file continues a database's log, up to a head of the network's auditor.
 *
 * @param tree - of the database's log; has the whole log afterwards
 * @throws GstdError `SIGNATURE_INVALID`, `NETWORK_MISMATCH`, `LOG_INCOMPLETE` when entries between the two are missing,
 * `LOG_FORKED`, `DOCUMENT_MALFORMED`
 */
export const checkLogFile = async (
  queries: Queries,
  tree: LogTree,
  { from, head: signed, entries }: LogFile,
  network: NetworkConfig,
): Promise<Settled> => {
  const { head } = signed
  const origin = { network: network.network, vault: network.vault }
  await verifyHead(signed, network.auditor_key)
  if (head.network !== origin.network || head.vault !== origin.vault) {
    throw new GstdError('NETWORK_MISMATCH', 'the file is of another network or vault', {
      details: { vault: head.vault, expected: origin.vault },
    })
  }
  const known = tree.size
  if (from > known) {
    throw new GstdError('LOG_INCOMPLETE', `the file begins with entry ${from}, the database ends before ${known}`, {
      details: { from, size: known },
      hint: `let the auditor export from ${known}`,
    })
  }
  const rows = await queries.query<{ index: number; hash: string }>(
    'SELECT index, hash FROM log WHERE index >= $1 AND index < $2',
    [from, head.size],
  )
  const hashes = new Map(rows.map(({ index, hash }) => [index, hash]))
  const charges = new Map<string, { index: number; previousNano: bigint }[]>()
  let epoch = 0
  for await (const entry of entries()) {
    const hash = toHex(logEntryHash(entry, origin))
    const mine = hashes.get(entry.index)
    if (mine !== undefined && mine !== hash) throw forked(entry.index)
    if (mine === undefined) tree.append(fromHex(hash))
    if (entry.kind === 'commit') epoch = Math.max(epoch, entry.body.epoch)
    if (entry.kind !== 'charge') continue
    const { escrow, previous_charged_nano } = entry.body
    const charge = { index: entry.index, previousNano: BigInt(previous_charged_nano) }
    charges.set(escrow, [...(charges.get(escrow) ?? []), charge])
  }
  if (toHex(tree.root(head.size)) !== head.root) throw forked(Math.min(from, known))
  return { charges, epoch }
}
