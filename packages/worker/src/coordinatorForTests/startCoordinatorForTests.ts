import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  challengeDocument,
  type CoordinatorMessage,
  createSigner,
  defaultParameters,
  deviceIdOf,
  type DeviceMessage,
  deviceMessageSchema,
  inclusionOf,
  knownModels,
  modelHashOf,
  type NetworkConfig,
  type NetworkParameters,
  parametersDocument,
  randomHex,
  sha256,
  type Signer,
  signBatch,
  toBase64,
  toHex,
  verifyCertificate,
  verifySignature,
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'
import { type WebSocket, WebSocketServer } from 'ws'

type Said<Type extends DeviceMessage['type']> = Extract<DeviceMessage, { type: Type }>
export type GivenOrder = {
  order: WorkOrder
  orderHash: string
  message: Extract<CoordinatorMessage, { type: 'order' }>
}
export type OrderInput = Uint8Array | WorkOrder['input'][number]

/** The coordinator's side of the device connection, over a real socket, as a test wants it to behave. */
export type CoordinatorForTests = {
  network: NetworkConfig
  parameters: NetworkParameters
  signer: Signer
  url: string
  /** Every message of the device since the start, handshakes included. */
  said: DeviceMessage[]
  /** Waits for the next message of a type that was not waited for yet. */
  next<Type extends DeviceMessage['type']>(type: Type, orderHash?: string): Promise<Said<Type>>
  /** Waits until the device has been welcomed `count` times in all. */
  welcomed(count: number): Promise<void>
  /** Signs an order for the device that is connected. */
  makeOrder(inputs: readonly OrderInput[], changes?: Partial<WorkOrder>, signer?: Signer): Promise<GivenOrder>
  send(message: CoordinatorMessage): void
  sendRaw(data: string | Buffer): void
  /** Cuts the connection without a word. */
  cut(): void
  /** Answers `GET` of a path; unset paths are 404. */
  serve(path: string, answer: (request: IncomingMessage, response: ServerResponse) => void): void
  /** Refuses certificates up to a revision, as replaced by it. */
  knowRevision(revision: number): void
  /** Refuses new connections until it is called again with false. */
  hide(hidden: boolean): void
  close(): Promise<void>
}

const origin = { network: -3, vault: `0:${'5'.repeat(64)}` }
const address = (digit: string) => `0:${digit.repeat(64)}`
const [, ocrModel] = knownModels()

/** Starts it on a free port of this machine. */
export const startCoordinatorForTests = async (seed = randomHex(32)): Promise<CoordinatorForTests> => {
  const signer = createSigner(seed)
  const parameters: NetworkParameters = {
    ...defaultParameters,
    version: 1,
    ...origin,
    issued_at: Date.now(),
    coordinator_key: signer.publicKey,
    auditor_key: '0'.repeat(64),
    gstd_master: address('1'),
    operator_address: address('2'),
    independence: 'owner',
    models: knownModels(),
  }
  const coordinator_signature = await signer.sign(parametersDocument.hash(parameters))
  const routes = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>()
  const said: DeviceMessage[] = []
  const unread: DeviceMessage[] = []
  let deviceId = ''
  let socket: WebSocket | undefined
  let welcomes = 0
  let hidden = false
  let knownRevision = -1
  let wake = Promise.withResolvers<void>()
  const stir = () => {
    wake.resolve()
    wake = Promise.withResolvers()
  }

  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const answer = routes.get(pathname)
    if (pathname === '/api/v1/parameters') {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ parameters, coordinator_signature }))
    } else if (answer !== undefined) {
      answer(request, response)
    } else {
      response.writeHead(404).end()
    }
  })
  const server = new WebSocketServer({ noServer: true })
  http.on('upgrade', (request, stream, head) => {
    if (hidden) stream.destroy()
    else server.handleUpgrade(request, stream, head, serve)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const bound = http.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${bound.port}`

  function serve(opened: WebSocket): void {
    const nonce = randomHex(32)
    let deviceKey = ''
    let revision = 0
    const tell = (message: CoordinatorMessage) => opened.send(JSON.stringify(message))
    const receive = async (message: DeviceMessage): Promise<void> => {
      said.push(message)
      if (message.type === 'hello') {
        await verifyCertificate(message.certificate, origin, Date.now())
        deviceKey = message.certificate.certificate.device_key
        revision = message.certificate.certificate.revision
        deviceId = deviceIdOf(deviceKey)
        tell({ type: 'challenge', nonce, time: Date.now() })
      } else if (message.type === 'authenticate') {
        const hash = challengeDocument.hash({ version: 1, ...origin, device_id: deviceId, nonce })
        if (!(await verifySignature(deviceKey, hash, message.signature))) return opened.close(4001, 'bad signature')
        if (revision <= knownRevision) {
          const refusal = `revision ${revision} was replaced by ${knownRevision}`
          tell({ type: 'error', code: 'CERTIFICATE_INVALID', message: refusal })
          return opened.close(4002, 'not accepted')
        }
        socket = opened
        tell({ type: 'welcome', device_id: deviceId, time: Date.now(), heartbeat_ms: 1000 })
        welcomes += 1
      } else {
        unread.push(message)
      }
      stir()
    }
    let turn = Promise.resolve()
    opened.on('message', (data: Buffer) => {
      turn = turn
        .then(() => receive(deviceMessageSchema.parse(JSON.parse(data.toString('utf8')))))
        .catch((error: unknown) => opened.close(4002, String(error).slice(0, 100)))
    })
    opened.on('close', () => {
      if (socket === opened) socket = undefined
    })
  }

  return {
    network: {
      name: 'test',
      endpoint: url,
      ...origin,
      gstd_master: parameters.gstd_master,
      operator_address: parameters.operator_address,
      guardian: address('3'),
      coordinator_key: signer.publicKey,
      auditor_key: parameters.auditor_key,
      challenge_window_sec: 2,
      minimum_payout_nano: '0',
      epoch_ms: 3000,
      independence: 'owner',
      coordinator: url,
    },
    parameters,
    signer,
    url,
    said,
    next: async (type, orderHash) => {
      for (;;) {
        const index = unread.findIndex(
          (message) =>
            message.type === type &&
            (orderHash === undefined || ('order_hash' in message && message.order_hash === orderHash)),
        )
        const found = unread[index]
        if (found !== undefined && found.type === type) {
          unread.splice(index, 1)
          return found as Said<typeof type>
        }
        await wake.promise
      }
    },
    welcomed: async (count) => {
      while (welcomes < count || socket === undefined) await wake.promise
    },
    makeOrder: async (inputs, changes = {}, orderSigner = signer) => {
      const data = inputs.map((input) => (input instanceof Uint8Array ? toBase64(input) : null))
      if (ocrModel === undefined) throw new Error('no model')
      const order: WorkOrder = {
        version: 1,
        ...origin,
        task_id: crypto.randomUUID(),
        descriptor_hash: randomHex(32),
        device_id: deviceId,
        attempt: 1,
        task_type: 'inference',
        operation: ocrModel.operation,
        model: ocrModel.id,
        model_hash: modelHashOf(ocrModel),
        params: {},
        input: inputs.map((input) =>
          input instanceof Uint8Array ? { source: 'inline', hash: `sha256:${toHex(sha256(input))}` } : input,
        ),
        constraints: { time_limit_sec: 5, max_energy_mwh: 20 },
        reward: { amount_ton: '0.01' },
        nonce: randomHex(16),
        dispatched_at: Date.now(),
        ...changes,
      }
      const hash = workOrderDocument.hash(order)
      const timestamp = Date.now()
      const { batch, tree } = await signBatch({
        kind: 'order',
        origin,
        signer: orderSigner,
        recipient: 'any',
        hashes: [sha256(hash), hash, sha256(sha256(hash))],
        timestamp,
      })
      return {
        order,
        orderHash: toHex(hash),
        message: { type: 'order', order, batch, inclusion: inclusionOf(tree, 1), data },
      }
    },
    send: (message) => socket?.send(JSON.stringify(message)),
    sendRaw: (data) => socket?.send(data),
    cut: () => socket?.terminate(),
    serve: (path, answer) => routes.set(path, answer),
    knowRevision: (revision) => {
      knownRevision = revision
    },
    hide: (value) => {
      hidden = value
    },
    close: async () => {
      for (const client of server.clients) client.terminate()
      server.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
