import { open } from 'node:fs/promises'
import { GstdError, type SignedHead, signedHeadSchema } from '@gstd/sdk'

export type SegmentLine = { entry: string } | { head: SignedHead }

const HEAD_START = '{"head":'
const NEWLINE = 0x0a

/** @returns a line of a segment, which an entry or a head fills */
export const headLine = (signed: SignedHead): string => `{"head":${JSON.stringify(signed)}}\n`

const parseHead = (line: string, file: string): SignedHead => {
  try {
    return signedHeadSchema.parse((JSON.parse(line) as { head: unknown }).head)
  } catch (cause) {
    throw new GstdError('STATE_CORRUPT', `the archive ${file} has a head that cannot be read`, {
      details: { file },
      hint: 'move the file away: the auditor reads the log again where its archive ends',
      cause,
    })
  }
}

/**
 * Reads a segment line by line. A line without an end, which a crash leaves, is not read.
 *
 * @throws GstdError `STATE_CORRUPT`
 */
export async function* readSegment(file: string): AsyncGenerator<SegmentLine & { endByte: number }> {
  const handle = await open(file, 'r')
  let rest: Buffer = Buffer.alloc(0)
  let endByte = 0
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let start = 0
      for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE, start)) {
        const line = rest.toString('utf8', start, end)
        endByte += end + 1 - start
        start = end + 1
        yield line.startsWith(HEAD_START) ? { head: parseHead(line, file), endByte } : { entry: line, endByte }
      }
      rest = rest.subarray(start)
    }
  } finally {
    await handle.close()
  }
}

/** @returns the newest head of a segment, and where its line ends; undefined where it has none */
export const newestHead = async (file: string): Promise<{ head: SignedHead; endByte: number } | undefined> => {
  let newest: { head: SignedHead; endByte: number } | undefined
  for await (const line of readSegment(file)) if ('head' in line) newest = { head: line.head, endByte: line.endByte }
  return newest
}
