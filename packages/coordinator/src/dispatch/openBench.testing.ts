import {
  createSigner,
  type NetworkConfig,
  type NetworkParameters,
  randomHex,
  type Signer,
  type SubmissionOutcome,
  type TaskDescriptor,
} from '@gstd/sdk'
import { onTestFinished } from 'vitest'
import { type Connections, createConnections } from '../devices/connections.ts'
import { createIntake } from '../intake/createIntake.ts'
import { createRequester, type KnownRequester, type RequesterForTests } from '../intake/createRequester.testing.ts'
import { type Journal, openJournal } from '../log/journal.ts'
import { openParameters } from '../parameters/openParameters.ts'
import { copyDatabase } from '../storage/copyDatabase.testing.ts'
import { openDatabase } from '../storage/openDatabase.ts'
import { createDispatcher, type Dispatcher } from './createDispatcher.ts'
import { createSeats, type Seats } from './createSeats.ts'

export const networkForTests = (coordinatorKey: string, changes: Partial<NetworkConfig> = {}): NetworkConfig => ({
  name: 'devnet',
  endpoint: 'http://127.0.0.1:1/api/v2/jsonRPC',
  network: -3,
  vault: `0:${'ab'.repeat(32)}`,
  gstd_master: `0:${'cd'.repeat(32)}`,
  operator_address: `0:${'ef'.repeat(32)}`,
  guardian: `0:${'0f'.repeat(32)}`,
  coordinator_key: coordinatorKey,
  auditor_key: '11'.repeat(32),
  challenge_window_sec: 2,
  minimum_payout_nano: '0',
  epoch_ms: 3000,
  independence: 'owner',
  coordinator: 'http://127.0.0.1:1',
  ...changes,
})

/** Everything between intake and verdict over a real database, with a clock that the test moves. */
export type Bench = {
  readonly journal: Journal
  readonly connections: Connections
  readonly seats: Seats
  readonly dispatcher: Dispatcher
  readonly parameters: NetworkParameters
  readonly signer: Signer
  readonly requester: RequesterForTests
  /** Unix ms. */
  now(): number
  /** Moves the clock on and ends what has become overdue. */
  pass(ms: number): Promise<void>
  submit(changes?: Partial<TaskDescriptor>, knownAnswer?: unknown[]): Promise<string>
  submitBytes(body: Uint8Array): Promise<SubmissionOutcome[]>
  /** Closes the database and opens it again, as a new process would; devices are gone until they come back. */
  restart(networkChanges?: Partial<NetworkConfig>): Promise<void>
}

const START_MS = 1_800_000_000_000

/** Opens a bench over a database of the test's own. */
export const openBench = async (
  changes: Partial<NetworkConfig> = {},
  known: { signer?: Signer; requester?: KnownRequester; startMs?: number } = {},
): Promise<Bench> => {
  const location = await copyDatabase()
  const signer = known.signer ?? createSigner(randomHex(32))
  let network = networkForTests(signer.publicKey, changes)
  const origin = { network: network.network, vault: network.vault }
  const requester = createRequester(origin, known.requester)
  let nowMs = known.startMs ?? START_MS
  const clock = () => nowMs

  const start = async () => {
    const database = await openDatabase(location)
    const journal = await openJournal(database, origin, clock)
    const { parameters, hash } = await openParameters(journal, network, signer, nowMs)
    const connections = createConnections()
    const dispatcher = createDispatcher({ journal, connections, parameters, signer, clock })
    const onChange = () => undefined
    const seats = createSeats({ journal, connections, parameters, parametersHash: hash, clock, onChange })
    const { chain } = requester
    const intake = createIntake({ journal, parameters, chain, allowLoopback: false, clock, onQueued: onChange })
    return { database, journal, parameters, connections, dispatcher, seats, intake }
  }
  let running = await start()
  onTestFinished(() => running.database.close())

  return {
    signer,
    requester,
    get journal() {
      return running.journal
    },
    get connections() {
      return running.connections
    },
    get seats() {
      return running.seats
    },
    get dispatcher() {
      return running.dispatcher
    },
    get parameters() {
      return running.parameters
    },
    now: clock,
    pass: async (ms) => {
      nowMs += ms
      await running.seats.sweep()
    },
    submit: async (descriptorChanges, knownAnswer) => {
      const item = requester.item(nowMs, descriptorChanges, knownAnswer)
      const body = await requester.sign([item], running.parameters, nowMs)
      const [outcome] = await running.intake.submit(body)
      if (outcome?.status !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`)
      return outcome.task_id
    },
    submitBytes: (body) => running.intake.submit(body),
    restart: async (networkChanges = {}) => {
      await running.database.close()
      network = { ...network, ...networkChanges }
      running = await start()
    },
  }
}
