/** One message between worker and child: a small JSON header and any bytes, which are never JSON. */
export type Frame = { header: unknown; payload: Uint8Array }

/** Lengths of header and payload, 32 bits each, little-endian. */
const PREFIX_BYTES = 8
const MAX_HEADER_BYTES = 1 << 20

/**
 * Encodes a frame as buffers to be written one after the other; the payload's parts are not copied.
 */
export const encodeFrame = (header: object, parts: readonly Uint8Array[] = []): Uint8Array[] => {
  const text = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32LE(text.length, 0)
  prefix.writeUInt32LE(
    parts.reduce((sum, part) => sum + part.length, 0),
    4,
  )
  return [Buffer.concat([prefix, text]), ...parts]
}

/**
 * Cuts a stream of bytes into frames.
 *
 * @param maxPayloadBytes - larger payloads make it throw: the other side is broken or hostile
 * @returns a function to be called with each chunk, which returns the frames that it completed
 */
export const createFrameReader = (maxPayloadBytes: number): ((chunk: Uint8Array) => Frame[]) => {
  let chunks: Uint8Array[] = []
  let available = 0
  let needed = PREFIX_BYTES

  const takeFrame = (): Frame | undefined => {
    if (available < needed) return undefined
    const bytes = chunks.length === 1 && chunks[0] !== undefined ? Buffer.from(chunks[0]) : Buffer.concat(chunks)
    chunks = [bytes]
    const headerLength = bytes.readUInt32LE(0)
    const payloadLength = bytes.readUInt32LE(4)
    if (headerLength > MAX_HEADER_BYTES || payloadLength > maxPayloadBytes) throw new Error('a frame is too large')
    needed = PREFIX_BYTES + headerLength + payloadLength
    if (available < needed) return undefined
    const header: unknown = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + headerLength))
    const payload = bytes.subarray(PREFIX_BYTES + headerLength, needed)
    chunks = available === needed ? [] : [bytes.subarray(needed)]
    available -= needed
    needed = PREFIX_BYTES
    return { header, payload }
  }

  return (chunk) => {
    chunks.push(chunk)
    available += chunk.length
    const frames: Frame[] = []
    for (let frame = takeFrame(); frame !== undefined; frame = takeFrame()) frames.push(frame)
    return frames
  }
}

/** Cuts a payload into consecutive parts of the given lengths. */
export const splitPayload = (payload: Uint8Array, lengths: readonly number[]): Uint8Array[] => {
  let offset = 0
  const parts = lengths.map((length) => payload.subarray(offset, (offset += length)))
  if (offset !== payload.length) throw new Error(`a payload has ${payload.length} bytes instead of ${offset}`)
  return parts
}
