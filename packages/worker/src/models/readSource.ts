import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { fetch } from 'undici'
import { locatePackageFile } from './locatePackageFile.ts'

export type SourceLimits = {
  /** A source that has more is given up at once. */
  maxBytes: number
  allowFile: boolean
}

/** How long a server may stay silent, in milliseconds. */
const SILENCE_LIMIT_MS = 30_000

const readLocal = async (path: string, maxBytes: number): Promise<Uint8Array> => {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size > maxBytes) throw new Error(`it has ${size} bytes, expected ${maxBytes}`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

const readRemote = async (url: string, maxBytes: number): Promise<Uint8Array> => {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error('the server is silent')), SILENCE_LIMIT_MS)
  try {
    const response = await fetch(url, { signal: silence.signal })
    if (!response.ok || response.body === null) throw new Error(`the server answers ${response.status}`)
    if (!response.url.startsWith('https:')) throw new Error('it leads to an address without HTTPS')
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body) {
      timer.refresh()
      size += chunk.length
      if (size > maxBytes) throw new Error(`it has more than the expected ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Reads one source of a model's file: `npm:package@version/path` of an installed package (the hash decides, not the
 * version), `https:` or `file:`.
 *
 * @throws Error saying why this source does not deliver
 */
export const readSource = async (source: string, { maxBytes, allowFile }: SourceLimits): Promise<Uint8Array> => {
  if (source.startsWith('npm:')) return readLocal(await locatePackageFile(source), maxBytes)
  if (source.startsWith('https://')) return readRemote(source, maxBytes)
  if (source.startsWith('file://') && allowFile) return readLocal(fileURLToPath(source), maxBytes)
  throw new Error('such sources are not followed')
}
