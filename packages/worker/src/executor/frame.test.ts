import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrameReader, encodeFrame, splitPayload } from './frame.ts'

const frames = fc.array(
  fc.record({
    header: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())),
    parts: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
  }),
  { maxLength: 5 },
)

describe('frames', () => {
  it('arrive whole, however the stream is cut', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 64 }), (sent, chunkLength) => {
        const stream = Buffer.concat(sent.flatMap(({ header, parts }) => encodeFrame(header, parts)))
        const read = createFrameReader(1000)
        const received: { header: unknown; payload: Uint8Array }[] = []
        for (let offset = 0; offset < stream.length; offset += chunkLength) {
          received.push(...read(stream.subarray(offset, offset + chunkLength)))
        }
        expect(received.map(({ header }) => header)).toEqual(
          sent.map(({ header }) => JSON.parse(JSON.stringify(header))),
        )
        expect(received.map(({ payload }) => Buffer.from(payload))).toEqual(
          sent.map(({ parts }) => Buffer.concat(parts)),
        )
      }),
    )
  })

  it('are refused when they announce too much', () => {
    const read = createFrameReader(10)
    expect(() => read(Buffer.concat(encodeFrame({}, [new Uint8Array(11)])))).toThrow('too large')
    expect(() => createFrameReader(10)(Buffer.alloc(8, 0xff))).toThrow('too large')
  })
})

describe('splitPayload', () => {
  it('gives the parts back, and wants all bytes used', () => {
    expect(splitPayload(Uint8Array.of(1, 2, 3), [1, 0, 2])).toEqual([
      Uint8Array.of(1),
      Uint8Array.of(),
      Uint8Array.of(2, 3),
    ])
    expect(() => splitPayload(Uint8Array.of(1, 2, 3), [2])).toThrow('3 bytes instead of 2')
    expect(() => splitPayload(Uint8Array.of(1), [2])).toThrow()
  })
})
