import { stat, readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { checkInputUri, GstdError, type InputSource, limits, type RemoteInput, sha256, toHex } from '@gstd/sdk'

/** An input under the name by which its results are shown; its bytes are read when its task is submitted. */
export type NamedInput = { name: string; bytes: number; load: () => Promise<InputSource> }

const FRAGMENT = /^#sha256:([0-9a-f]{64})$/

const isMissing = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'

const tooLarge = (name: string, bytes: number): GstdError =>
  new GstdError('DOCUMENT_TOO_LARGE', `${name} has ${bytes} bytes, an input at most ${limits.fetchedBytes}`, {
    details: { input: name, bytes, limit_bytes: limits.fetchedBytes },
    hint: 'make it smaller: operations take images of a few megapixels',
  })

const expandFile = (file: string, bytes: number): NamedInput => {
  if (bytes > limits.fetchedBytes) throw tooLarge(file, bytes)
  if (bytes === 0) throw new GstdError('USAGE_INVALID', `${file} is empty`)
  return { name: basename(file), bytes, load: async () => new Uint8Array(await readFile(file)) }
}

const expandPath = async (path: string, { accepts, note }: ExpandOptions): Promise<NamedInput[]> => {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) return [expandFile(path, found.size)]
    const entries = await readdir(path, { withFileTypes: true })
    const all = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name)
    const names = all.filter(accepts)
    if (names.length === 0)
      throw new GstdError('USAGE_INVALID', `there are no files in ${path} that the model can read`)
    const skipped = all.filter((name) => !accepts(name))
    if (skipped.length > 0) note(`skipped what the model cannot read: ${skipped.join(', ')}`)
    const files = names.toSorted((a, b) => a.localeCompare(b, 'en')).map((name) => join(path, name))
    return await Promise.all(files.map(async (file) => expandFile(file, (await stat(file)).size)))
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown
    throw new GstdError('USAGE_INVALID', `there is no file ${path}`, { details: { input: path } })
  }
}

/** Devices must get the very bytes that were hashed, so an address without a hash is fetched once, here. */
const hashOf = async (uri: string, signal: AbortSignal): Promise<string> => {
  let response: Response
  let bytes: Uint8Array
  try {
    response = await fetch(uri, { signal })
    bytes = new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw new GstdError('INPUT_UNAVAILABLE', `${uri} cannot be fetched`, { details: { uri }, cause })
  }
  if (!response.ok) {
    throw new GstdError('INPUT_UNAVAILABLE', `${uri} answers ${response.status}`, { details: { uri } })
  }
  if (bytes.length > limits.fetchedBytes) throw tooLarge(uri, bytes.length)
  return `sha256:${toHex(sha256(bytes))}`
}

const expandUri = (text: string, signal: AbortSignal, allowLoopback: boolean): NamedInput => {
  const url = new URL(text)
  const fragment = FRAGMENT.exec(url.hash)?.[1]
  const uri = text.replace(/#.*$/, '')
  const given = fragment === undefined ? undefined : `sha256:${fragment}`
  const source = url.protocol === 'ipfs:' ? 'ipfs' : 'http'
  const checked = checkInputUri({ source, uri, ...(given !== undefined && { hash: given }) }, { allowLoopback })
  const load = async (): Promise<RemoteInput> => ({
    source,
    uri,
    hash: given ?? (checked.kind === 'ipfs' ? `sha256:${checked.sha256}` : await hashOf(uri, signal)),
  })
  return { name: uri, bytes: 0, load }
}

export type ExpandOptions = {
  signal: AbortSignal
  /** Whether inputs may come from this machine itself. */
  allowLoopback: boolean
  stdin: NodeJS.ReadableStream
  /** Which files of a directory are meant. */
  accepts: (fileName: string) => boolean
  note: (text: string) => void
}

/**
 * Turns what stands after `--input` into inputs: files, the files of a directory (by name, not recursive), `-` for
 * standard input, `https:` and `ipfs:` addresses, whose hash may stand behind `#sha256:`.
 *
 * @throws GstdError `USAGE_INVALID`, `DOCUMENT_TOO_LARGE`, `INPUT_SOURCE_REFUSED`
 */
export const expandInputs = async (words: readonly string[], options: ExpandOptions): Promise<NamedInput[]> => {
  const inputs: NamedInput[] = []
  for (const word of words) {
    if (word === '-') {
      const bytes = new Uint8Array(await buffer(options.stdin))
      if (bytes.length === 0) throw new GstdError('USAGE_INVALID', 'standard input is empty')
      inputs.push({ name: 'stdin', bytes: bytes.length, load: async () => bytes })
    } else if (/^(?:https?|ipfs):\/\//.test(word)) {
      inputs.push(expandUri(word, options.signal, options.allowLoopback))
    } else {
      inputs.push(...(await expandPath(word, options)))
    }
  }
  return inputs
}
