/** A device's WebSocket, which counts what passes it. */
export type CountingSocket = {
  send(message: object): void
  /** Bytes of all frames in both directions, with their headers. */
  readonly bytes: number
  close(): void
}

const MASK_BYTES = 4

/** @returns the bytes of a frame around its payload (RFC 6455 §5.2) */
const headerBytes = (payloadBytes: number): number => {
  if (payloadBytes < 126) return 2
  return payloadBytes < 65_536 ? 4 : 10
}

/**
 * Connects.
 *
 * @param onText - called with each message
 * @param onClose - called once, when the connection ends, with what is known of the reason
 * @throws Error when the coordinator does not answer
 */
export const openSocket = async (
  url: string,
  onText: (text: string) => void,
  onClose: (reason: string) => void,
): Promise<CountingSocket> => {
  const socket = new WebSocket(url)
  let bytes = 0
  const opened = Promise.withResolvers<void>()
  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('close', ({ code, reason }) => {
    const text = `the connection was closed: ${code} ${reason}`
    opened.reject(new Error(text))
    onClose(text)
  })
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== 'string') throw new TypeError('the coordinator sent bytes, not text')
    const payloadBytes = Buffer.byteLength(data)
    bytes += payloadBytes + headerBytes(payloadBytes)
    onText(data)
  })
  await opened.promise
  return {
    send: (message) => {
      const text = JSON.stringify(message)
      const payloadBytes = Buffer.byteLength(text)
      bytes += payloadBytes + headerBytes(payloadBytes) + MASK_BYTES
      socket.send(text)
    },
    get bytes() {
      return bytes
    },
    close: () => socket.close(),
  }
}
