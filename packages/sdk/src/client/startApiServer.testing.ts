import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseCanonicalJson } from '../canonical/canonicalJson.ts'
import { toHex } from '../canonical/hex.ts'
import { createSigner, type Signer } from '../crypto/ed25519.ts'
import { randomHex } from '../crypto/randomHex.ts'
import { sha256 } from '../crypto/sha256.ts'
import { verifyAuthorisation } from '../documents/authorisation.ts'
import { verifyBatch } from '../documents/batch.ts'
import { descriptorDocument } from '../documents/descriptor.ts'
import { defaultParameters, type NetworkParameters, parametersDocument } from '../documents/parameters.ts'
import { verifyRequest } from '../documents/request.ts'
import { type Submission, submissionSchema } from '../documents/submission.ts'
import type { EpochView } from '../documents/epochView.ts'
import type { EscrowView, TaskView } from '../documents/taskView.ts'
import { taskWaitSchema } from '../documents/taskWait.ts'
import { GstdError } from '../errors/GstdError.ts'
import { reviveError, toGstdError } from '../errors/toGstdError.ts'
import { buildMerkleTree } from '../merkle/merkleTree.ts'
import { knownModels } from '../operations/registry.ts'

/** Whatever happens to a request before the API sees it: a lost answer, a busy coordinator. */
export type Disturbance = 'drop' | 'drop_answer' | { status: number; code: string }

const origin = { network: -3, vault: `0:${'1'.repeat(64)}` }
const requester = `0:${'2'.repeat(64)}`

const readAll = async (request: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/**
 * An HTTP server that speaks the coordinator's API with real documents and signatures, and keeps what it was sent.
 * It judges nothing beyond signatures and the authorisation: that is the coordinator's own tests' business.
 */
export const startApiServer = async () => {
  const coordinator = createSigner(randomHex(32))
  const sessionKey = createSigner(randomHex(32))
  const escrow: EscrowView = {
    escrow: `0:${'3'.repeat(64)}`,
    requester,
    balance_nano: '10000000000',
    charged_nano: '7',
    accepted_nano: '20',
    reserved_nano: '300',
  }
  const parameters: NetworkParameters = {
    ...defaultParameters,
    version: 1,
    ...origin,
    issued_at: 1,
    coordinator_key: coordinator.publicKey,
    auditor_key: randomHex(32),
    gstd_master: `0:${'4'.repeat(64)}`,
    operator_address: `0:${'5'.repeat(64)}`,
    models: knownModels(),
  }
  const state = {
    parametersKey: coordinator as Signer,
    disturbances: [] as Disturbance[],
    requests: [] as string[],
    bodies: [] as string[],
    submissions: [] as Submission[],
    spool: new Map<string, Uint8Array>(),
    views: new Map<string, TaskView>(),
    epoch: {
      epoch: 1,
      executed_at: 1_790_000_000_000,
      tasks: 3,
      devices: 2,
      rewards_nano: '30000000',
      fees: { charges_nano: '4', commit_nano: '5', exec_nano: '6', overhead_percent: 0.0001 },
    } as EpochView,
    changed: new Set<() => void>(),
    refuseModel: '',
    maxBlobBytes: Number.POSITIVE_INFINITY,
  }

  const setStatus = (taskId: string, status: TaskView['status']): void => {
    const view = state.views.get(taskId)
    if (view !== undefined) state.views.set(taskId, { ...view, status })
    for (const wake of state.changed) wake()
  }

  const takeIn = async (bytes: Uint8Array) => {
    const submission = submissionSchema.parse(parseCanonicalJson(bytes))
    await verifyAuthorisation(submission.authorisation, origin.network)
    await verifyBatch(submission.batch, {
      kind: 'descriptor',
      origin,
      signer: sessionKey.publicKey,
      recipient: coordinator.publicKey,
    })
    const tree = buildMerkleTree(submission.items.map(({ descriptor }) => descriptorDocument.hash(descriptor)))
    if (toHex(tree.root) !== submission.batch.header.root) throw new GstdError('MERKLE_PROOF_INVALID', 'wrong root')
    const known = submission.items.every(({ descriptor }) => state.views.has(descriptor.task_id))
    const taken = BigInt(escrow.charged_nano) + BigInt(escrow.accepted_nano) + BigInt(escrow.reserved_nano)
    if (!known && BigInt(submission.authorisation.max_cumulative_nano) <= taken) {
      throw new GstdError('AUTHORISATION_TOO_LOW', 'too low', { details: { taken: taken.toString() } })
    }
    state.submissions.push(submission)
    return submission.items.map(({ descriptor }) => {
      const { task_id } = descriptor
      if (descriptor.model === state.refuseModel) {
        const error = new GstdError('MODEL_UNKNOWN', 'no such model', { details: { model: descriptor.model } })
        return { task_id, status: 'refused', error: error.toDocument() }
      }
      const known = state.views.get(task_id)
      if (known !== undefined && known.descriptor_hash !== descriptorDocument.id(descriptor)) {
        return { task_id, status: 'refused', error: new GstdError('TASK_CONFLICT', 'other bytes').toDocument() }
      }
      const repeated = known !== undefined
      if (!repeated) {
        state.views.set(task_id, {
          task_id,
          descriptor_hash: descriptorDocument.id(descriptor),
          status: 'queued',
          operation: descriptor.operation,
          model: descriptor.model ?? '',
          validation: descriptor.validation,
          created_at: descriptor.created_at,
          deadline: descriptor.created_at + 600_000,
          reserved_nano: '1',
          seats: [],
        })
      }
      return { task_id, status: 'accepted', ...(repeated && { repeated }) }
    })
  }

  const readView = (taskId: string): TaskView => {
    const view = state.views.get(taskId)
    if (view === undefined) throw new GstdError('TASK_UNKNOWN', `there is no task ${taskId}`)
    return view
  }

  const longPoll = async (body: Uint8Array): Promise<TaskView[]> => {
    const { tasks, wait_ms } = taskWaitSchema.parse(JSON.parse(Buffer.from(body).toString()))
    const changed = () =>
      tasks
        .map(({ task_id, known }) => ({ view: readView(task_id), known }))
        .filter(({ view, known }) => view.status !== known)
    if (wait_ms > 0 && changed().length === 0) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          state.changed.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, wait_ms)
        state.changed.add(wake)
      })
    }
    return changed().map(({ view }) => view)
  }

  const answer = async (request: IncomingMessage, body: Uint8Array): Promise<{ status: number; value: unknown }> => {
    const { method = '', url = '' } = request
    const { pathname } = new URL(url, 'http://localhost')
    const [, , , resource, id = ''] = pathname.split('/')
    if (resource === 'parameters') {
      const signature = await state.parametersKey.sign(parametersDocument.hash(parameters))
      return { status: 200, value: { parameters, coordinator_signature: signature } }
    }
    if (resource === 'epochs') return { status: 200, value: { epochs: [state.epoch] } }
    if (resource === 'tasks' && method === 'POST' && id === '') {
      const outcomes = await takeIn(body)
      const [only] = outcomes
      if (outcomes.length === 1 && only?.error !== undefined) throw reviveError(only.error)
      return { status: outcomes.some(({ status }) => status === 'refused') ? 207 : 202, value: { outcomes } }
    }
    const signed = await verifyRequest(request.headers.authorization, {
      ...origin,
      method,
      path: url,
      nowMs: Date.now(),
    })
    if (signed.public_key !== sessionKey.publicKey) throw new GstdError('AUTH_REQUIRED', 'another key')
    if (resource === 'escrows') return { status: 200, value: escrow }
    if (resource === 'blobs') {
      if (toHex(sha256(body)) !== id) throw new GstdError('INPUT_HASH_MISMATCH', 'other bytes')
      if (body.length > state.maxBlobBytes) throw new GstdError('DOCUMENT_TOO_LARGE', 'the file is too large')
      state.spool.set(id, body)
      return { status: 201, value: undefined }
    }
    if (method === 'DELETE') {
      setStatus(id, 'cancelled')
      return { status: 200, value: state.views.get(id) }
    }
    if (id === '') return { status: 200, value: { tasks: [...state.views.values()] } }
    if (id === 'wait') return { status: 200, value: { tasks: await longPoll(body) } }
    return { status: 200, value: readView(id) }
  }

  const send = (response: ServerResponse, status: number, value: unknown) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(value === undefined ? '' : JSON.stringify(value))
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const disturbance = state.disturbances.shift()
    state.requests.push(`${request.method} ${request.url}`)
    const body = await readAll(request)
    if (request.method === 'POST') state.bodies.push(Buffer.from(body).toString())
    if (disturbance === 'drop') return request.socket.destroy()
    if (typeof disturbance === 'object')
      return send(response, disturbance.status, { code: disturbance.code, message: 'busy' })
    try {
      const { status, value } = await answer(request, body)
      if (disturbance === 'drop_answer') return request.socket.destroy()
      return send(response, status, value)
    } catch (thrown) {
      const error = toGstdError(thrown)
      return send(response, error.httpStatus, error.toDocument('request-1'))
    }
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    network: { ...origin, coordinator_key: coordinator.publicKey, coordinator: `http://127.0.0.1:${port}` },
    requester,
    sessionKey,
    escrow,
    state,
    setStatus,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
