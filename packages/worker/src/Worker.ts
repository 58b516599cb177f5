import type { NetworkConfig } from '@gstd/sdk'
import type { OwnerWallet, ReadyCertificate } from './identity/ensureCertificate.ts'
import type { WorkerEvent, WorkerState } from './workerEvents.ts'

export type WorkerOptions = {
  /** Holds the device key, the certificate and unacknowledged results; one worker at a time. */
  stateDir: string
  network: NetworkConfig
  /** Base URL; the network's own by default. Plain `http:` only on this machine. */
  coordinatorUrl?: string
  owner: OwnerWallet | ReadyCertificate
  /** Raw address that earnings go to. */
  payoutAddress: string
  /** Tasks at once, 1..64; each has a child process. */
  slots: number
  /** Ids of models to serve; all that the network allows and this version knows by default. */
  models?: readonly string[]
  /** Shared by all workers of a machine; inside the state directory by default. */
  modelCacheDir?: string
  /** Base URL of a gateway that serves raw IPFS blocks. */
  ipfsGateway?: string
  /** Devnets only: inputs may come from this machine itself. */
  allowLoopback?: boolean
  /** Shown to the coordinator. */
  software?: string
  onEvent?: (event: WorkerEvent) => void
}

export type WorkerStatus = {
  state: WorkerState
  connected: boolean
  slots: number
  /** Orders being prepared or executed. */
  running: number
  /** Finished results that the coordinator has not acknowledged to the end. */
  waiting: number
  /** Outcomes since the start. */
  tasks: number
  /** Rewards of those outcomes, provisional. */
  earnedNano: bigint
  /** Unix ms by the coordinator's clock. */
  coordinatorTimeMs: number
}

/** A running worker. */
export type Worker = {
  readonly deviceId: string
  /** Public key, hex. */
  readonly deviceKey: string
  readonly state: WorkerState
  status(): WorkerStatus
  /** Takes no new orders; what runs is finished and handed over. */
  pause(): void
  resume(): void
  /**
   * Takes no new orders, hands over what is finished, then stops.
   *
   * @param timeoutMs - how long to wait for the coordinator to acknowledge; what is left stays on disk
   */
  finish(timeoutMs?: number): Promise<void>
  /** Stops at once; finished results stay on disk for the next start. */
  stop(): Promise<void>
  /** Rejects when the worker stops by itself: the network refuses its ready-made certificate. */
  readonly failed: Promise<never>
}
