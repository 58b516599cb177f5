import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createSigner, GstdError, type NetworkConfig, sha256, toHex } from '@gstd/sdk'
import { type ChainAccess, chainAccessOf } from '@gstd/sdk/contracts'
import type { Logger } from 'pino'
import { createChainClient } from './chain/createChainClient.ts'
import { createConnections } from './devices/connections.ts'
import { createDispatcher } from './dispatch/createDispatcher.ts'
import { createSeats } from './dispatch/createSeats.ts'
import { createFeeReader } from './epochs/createFeeReader.ts'
import { createTaskEvents } from './events/createTaskEvents.ts'
import { acceptDevices } from './http/acceptDevices.ts'
import { createAuthenticate } from './http/authenticate.ts'
import { createReadiness } from './http/createReadiness.ts'
import { createServer } from './http/createServer.ts'
import { authRoutes } from './http/routes/authRoutes.ts'
import { auditorRoutes } from './http/routes/auditorRoutes.ts'
import { escrowRoutes } from './http/routes/escrowRoutes.ts'
import { eventRoutes } from './http/routes/eventRoutes.ts'
import { healthRoutes } from './http/routes/healthRoutes.ts'
import { metricsRoutes } from './http/routes/metricsRoutes.ts'
import { openApiRoutes } from './http/routes/openApiRoutes.ts'
import { publicRoutes } from './http/routes/publicRoutes.ts'
import { taskRoutes } from './http/routes/taskRoutes.ts'
import { createWalletTokens } from './http/walletTokens.ts'
import { createIntake } from './intake/createIntake.ts'
import { openHeads } from './log/heads.ts'
import { openJournal } from './log/journal.ts'
import { createInstruments } from './metrics/createInstruments.ts'
import { createMetrics } from './metrics/createMetrics.ts'
import { observeDatabase } from './metrics/observeDatabase.ts'
import { observeIntake } from './metrics/observeIntake.ts'
import { observeOrders } from './metrics/observeOrders.ts'
import { observeRequests } from './metrics/observeRequests.ts'
import { logParameters, prepareParameters } from './parameters/openParameters.ts'
import { checkAtStart } from './payments/checkNotBehind.ts'
import { createPayments, type OperatorWallet } from './payments/createPayments.ts'
import { createStanding } from './recovery/createStanding.ts'
import { resumeTasks } from './recovery/resumeTasks.ts'
import { buildReceipt } from './receipts/buildReceipt.ts'
import { deleteOldData } from './retention/deleteOldData.ts'
import { countMoving } from './shutdown/countMoving.ts'
import { drain } from './shutdown/drain.ts'
import { createSpool } from './spool/createSpool.ts'
import { type DatabaseLocation, openOwnDatabase } from './storage/openOwnDatabase.ts'
import { cancelTask } from './tasks/cancelTask.ts'
import { checkOwner, listTasks, readTasks } from './tasks/readTasks.ts'
import { createTaskWatch } from './tasks/watchTasks.ts'
import { every } from './timers/every.ts'

export type CoordinatorOptions = DatabaseLocation & {
  network: NetworkConfig
  listen: { host: string; port: number }
  /** How the chain's endpoint may be used. */
  chainAccess?: ChainAccess
  /** Hosts of web pages whose users may prove their wallets to this coordinator, besides its own. */
  proofDomains?: readonly string[]
  keys: {
    /** Ed25519 seed, 32 bytes in lower-case hex. */
    coordinatorSeed: string
    /** Pays the fees of the chain messages, and is repaid by the tariff. */
    operatorWallet: OperatorWallet
  }
  logger: Logger
}

export type Coordinator = {
  readonly url: string
  /**
   * Takes no more tasks and gives no more orders, lets devices finish what they have, finishes what is being written,
   * closes every connection.
   *
   * @param options.drainMs - how long devices may take at most; default 0
   */
  stop(options?: { drainMs?: number }): Promise<void>
}

const TICK_MS = 100
const PAYMENT_TICK_MS = 250
const FEES_TICK_MS = 1_000
const HOUR_MS = 3_600_000

/**
 * Starts a coordinator: intake, queue, matcher, validator, log and payments over one database.
 *
 * @throws GstdError `CONFIG_INVALID`, `CONFIG_MISSING` where the network needs a database server, `PORT_IN_USE`,
 * `STATE_CORRUPT`, `STATE_LOCKED` when another coordinator has the database, `STATE_BEHIND` when the database is older
 * than the chain, `STORAGE_UNAVAILABLE`
 */
export const startCoordinator = async (options: CoordinatorOptions): Promise<Coordinator> => {
  const { network, logger, databaseDir, listen, keys } = options
  const clock = Date.now
  const origin = { network: network.network, vault: network.vault }
  const signer = createSigner(keys.coordinatorSeed)
  const allowLoopback = network.name === 'devnet'

  const instruments = createInstruments()
  const database = observeDatabase(await openOwnDatabase(network, options), instruments)
  const journal = await openJournal(database, origin, clock)
  const chain = createChainClient(
    {
      endpoint: network.endpoint,
      vault: network.vault,
      gstdMaster: network.gstd_master,
      access: chainAccessOf(network.name, options.chainAccess),
    },
    clock,
  )
  try {
    await checkAtStart(journal, chain, logger)
  } catch (thrown) {
    await database.close()
    throw thrown
  }
  const prepared = await prepareParameters(journal, network, signer, clock())
  const { parameters, signature, hash } = prepared
  const watch = createTaskWatch(journal, () => heads.size)
  const heads = await openHeads(journal, parameters, () => {
    watch.ring()
    events.ring()
  })
  const events = createTaskEvents(
    journal,
    () => heads.size,
    (thrown) => logger.error({ err: thrown }, 'events failed'),
  )
  journal.onAppend(events.ring)
  const spool = await createSpool(join(databaseDir, 'spool'))
  const payments = createPayments({
    journal,
    heads,
    parameters,
    chain,
    signer,
    wallet: keys.operatorWallet,
    clock,
    logger: logger.child({ part: 'payments' }),
    onChange: watch.ring,
  })

  const stopping = new AbortController()
  const feeReader = createFeeReader({
    journal,
    parameters,
    chain,
    wallet: keys.operatorWallet.address,
    clock,
    logger: logger.child({ part: 'epochs' }),
    signal: stopping.signal,
  })

  const connections = createConnections()
  const observed = observeOrders(connections, journal.live, instruments)
  const dispatcher = createDispatcher({ journal, connections: observed, parameters, signer, clock })
  let isDraining = false
  let isClosing = false
  const dispatch = async () => {
    if (!isDraining) await dispatcher.tick()
  }
  const kick = () => {
    watch.ring()
    dispatch().catch((thrown: unknown) => logger.error({ err: thrown }, 'dispatch failed'))
  }
  const seats = createSeats({ journal, connections, parameters, parametersHash: hash, clock, onChange: kick })
  const begin = async () => {
    await logParameters(journal, prepared)
    await resumeTasks(journal, clock, { parameters, parametersHash: hash })
  }
  const standing = createStanding({
    journal,
    parameters,
    headSize: heads.size,
    clock,
    logger,
    onOpen: begin,
    onClose: () => {
      for (const connection of connections.all()) connection.close()
    },
  })
  if (standing.isOpen) await begin()
  const taken = createIntake({ journal, parameters, chain, allowLoopback, clock, onQueued: kick })
  const intake = observeIntake(taken, instruments)

  const proofDomains = [new URL(network.coordinator).host, ...(options.proofDomains ?? [])]
  const tokens = createWalletTokens(proofDomains, clock)
  const authenticate = createAuthenticate(parameters, chain, tokens, clock)
  const server = createServer(logger)
  observeRequests(server, instruments)
  metricsRoutes(server, createMetrics({ instruments, journal, heads, connections, standing }))
  const drains = () => isDraining
  healthRoutes(server, createReadiness({ database, standing, chain, isDraining: drains, clock }))
  publicRoutes(server, {
    journal,
    heads,
    standing,
    spool,
    authenticate,
    parameters,
    parametersSignature: signature,
  })
  openApiRoutes(server)
  authRoutes(server, tokens)
  escrowRoutes(server, { journal, chain, authenticate })
  auditorRoutes(server, { journal, heads, standing, payments, parameters, clock })
  eventRoutes(server, { events, authenticate })
  taskRoutes(server, {
    intake,
    authenticate,
    isDraining: drains,
    standing,
    read: (requester, taskIds) => readTasks(journal, requester, taskIds, heads.size),
    changed: async (requester, known, waitMs) => {
      await checkOwner(journal, requester, [...known.keys()])
      return watch.changed(known, waitMs)
    },
    list: (requester, filter) => listTasks(journal, requester, filter, heads.size),
    cancel: (requester, taskId) => cancelTask(journal, requester, taskId, clock()),
    receipt: async (requester, taskId) =>
      buildReceipt(requester, taskId, {
        journal,
        parameters,
        head: await heads.latest(),
        payment: payments.receiptPayment,
      }),
  })

  const devices = acceptDevices(server, () => !isClosing && standing.isOpen, {
    journal,
    connections,
    parameters,
    independenceSalt: toHex(sha256(new TextEncoder().encode(`independence/${keys.coordinatorSeed}`))),
    clock,
    logger,
    onMessage: seats.handle,
    onReady: async (connection: Parameters<typeof seats.resume>[0]) => {
      await seats.resume(connection)
      kick()
    },
    onGone: async (connection: Parameters<typeof seats.lose>[0]) => {
      if (!isClosing) await seats.lose(connection)
    },
  })
  const report = (part: string) => (thrown: unknown) => logger.error({ err: thrown }, `${part} failed`)
  const whenOpen = (job: () => Promise<unknown>) => async () => {
    if (standing.isOpen) await job()
  }
  const timers = [
    every(TICK_MS, whenOpen(seats.sweep), report('sweep')),
    every(TICK_MS, whenOpen(dispatch), report('dispatch')),
    every(PAYMENT_TICK_MS, whenOpen(payments.tick), report('payments')),
    every(FEES_TICK_MS, feeReader.tick, report('reading of fees')),
    every(HOUR_MS, () => deleteOldData(journal, spool, clock()), report('retention')),
  ]
  const stop = async ({ drainMs = 0 }: { drainMs?: number } = {}): Promise<void> => {
    isDraining = true
    await drain(() => countMoving(journal.live, connections), drainMs, logger)
    isClosing = true
    stopping.abort()
    watch.close()
    events.close()
    await Promise.all(timers.map((timer) => timer.stop()))
    for (const connection of connections.all()) connection.close()
    devices.close()
    await server.close()
    await journal.write(async () => undefined)
    await database.close()
  }
  try {
    await server.listen({ host: listen.host, port: listen.port })
  } catch (cause) {
    await stop()
    throw new GstdError('PORT_IN_USE', `cannot listen on ${listen.host}:${listen.port}`, {
      cause,
      hint: 'stop the other process or choose another port with --listen',
    })
  }
  const { port } = server.server.address() as AddressInfo
  return { url: `http://${listen.host}:${port}`, stop }
}
