import { createLogTree, fromHex, GstdError, type LogEntry, type NetworkConfig, type NetworkParameters } from '@gstd/sdk'
import { type ChainAccess, chainAccessOf } from '@gstd/sdk/contracts'
import { type ChainClient, createChainClient } from '../chain/createChainClient.ts'
import type { Database, Queries } from '../storage/database.ts'
import { type DatabaseLocation, openOwnDatabase } from '../storage/openOwnDatabase.ts'
import { checkLogFile, type Settled } from './checkLogFile.ts'
import { type LogFile, openLogFile } from './openLogFile.ts'
import type { RestoreContext } from './restoreContext.ts'
import { restoreEntry } from './restoreEntry.ts'

/** The database is that of a coordinator that is stopped. */
export type RestoreOptions = DatabaseLocation & {
  network: NetworkConfig
  /** What `gstd auditor export` has written. */
  logFile: string
  /** How the chain's endpoint may be used. */
  chainAccess?: ChainAccess
}

/** Entries that the log had, and has now. */
export type Restored = { before: number; size: number }

const BATCH_ENTRIES = 200

const readHashes = async (queries: Queries): Promise<ReturnType<typeof createLogTree>> => {
  const tree = createLogTree()
  for (const { hash } of await queries.query<{ hash: string }>('SELECT hash FROM log ORDER BY index')) {
    tree.append(fromHex(hash))
  }
  return tree
}

/** The chain must have taken nothing that neither the database nor the file knows. */
const checkEpoch = async (queries: Queries, chain: ChainClient, { epoch: inFile }: Settled): Promise<void> => {
  const [row] = await queries.query<{ epoch: number }>('SELECT coalesce(max(epoch), 0) AS epoch FROM commits')
  const known = Math.max(inFile, row?.epoch ?? 0)
  const vault = await chain.vault()
  if (vault === undefined || vault.epoch <= known) return
  throw new GstdError(
    'LOG_INCOMPLETE',
    `the vault has taken epoch ${vault.epoch}, the file knows none after ${known}`,
    {
      details: { vault_epoch: vault.epoch, known_epoch: known },
      hint: 'let the auditor export again, from its newest state folder',
    },
  )
}

const chargedAfter =
  (chain: ChainClient, { charges }: Settled): RestoreContext['chargedAfter'] =>
  async ({ index, escrow, requester }) => {
    const next = charges.get(escrow)?.find((charge) => charge.index > index)
    return next?.previousNano ?? (await chain.readEscrow(requester, 60_000))?.chargedNano ?? 0n
  }

const readParameters = async (queries: Queries): Promise<NetworkParameters | undefined> => {
  const [row] = await queries.query<{ body: { parameters: NetworkParameters } }>(
    `SELECT body FROM log WHERE kind = 'parameters' ORDER BY index DESC LIMIT 1`,
  )
  return row?.body.parameters
}

/** Each batch is one transaction: killed in between and run again, it goes on where it was. */
const replay = async (
  database: Database,
  file: LogFile,
  known: number,
  context: Omit<RestoreContext, 'parameters'>,
): Promise<void> => {
  let parameters = await readParameters(database)
  const store = (batch: readonly LogEntry[]): Promise<void> =>
    database.transaction(async (queries) => {
      for (const entry of batch) {
        if (entry.kind === 'parameters') parameters = entry.body.parameters
        if (parameters === undefined) {
          throw new GstdError('LOG_INCOMPLETE', `entry ${entry.index} stands before the first parameters`)
        }
        await restoreEntry(queries, entry, { ...context, parameters })
      }
    })
  let batch: LogEntry[] = []
  for await (const entry of file.entries()) {
    if (entry.index < known) continue
    batch.push(entry)
    if (batch.length < BATCH_ENTRIES) continue
    await store(batch)
    batch = []
  }
  await store(batch)
  await database.query('INSERT INTO heads (size, signed) VALUES ($1, $2) ON CONFLICT (size) DO NOTHING', [
    file.head.head.size,
    JSON.stringify(file.head),
  ])
}

const restore = async (database: Database, { network, logFile, chainAccess }: RestoreOptions): Promise<Restored> => {
  const file = await openLogFile(logFile)
  const tree = await readHashes(database)
  const before = tree.size
  const settled = await checkLogFile(database, tree, file, network)
  const { endpoint, vault, gstd_master: gstdMaster } = network
  const access = chainAccessOf(network.name, chainAccess)
  const chain = createChainClient({ endpoint, vault, gstdMaster, access }, Date.now)
  await checkEpoch(database, chain, settled)
  const origin = { network: network.network, vault: network.vault }
  await replay(database, file, before, { origin, chargedAfter: chargedAfter(chain, settled) })
  return { before, size: tree.size }
}

/**
 * Gives a coordinator's database back what it lacks of the log: entries that the auditor has kept, and what follows from
 * them. Nothing is written before all of the file was checked; results, inline inputs and known answers of that time are
 * lost.
 *
 * @throws GstdError `STATE_LOCKED` while the coordinator runs, `STATE_CORRUPT`, `STORAGE_UNAVAILABLE`, `LOG_INCOMPLETE`, `LOG_FORKED`,
 * `SIGNATURE_INVALID`, `NETWORK_MISMATCH`, `DOCUMENT_MALFORMED`, `CHAIN_UNAVAILABLE`
 */
export const restoreLog = async (options: RestoreOptions): Promise<Restored> => {
  const database = await openOwnDatabase(options.network, options)
  try {
    return await restore(database, options)
  } finally {
    await database.close()
  }
}
