import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GstdError, type TaskInput } from '@gstd/sdk'

/** One task of the demo: a file and what is done with it. */
export type Job = { name: string; task: TaskInput }

const IMAGE = /\.(?:jpe?g|png)$/i
const here = import.meta.dirname

const readImages = async (directory: string): Promise<{ name: string; bytes: Uint8Array }[]> => {
  const names = (await readdir(directory)).filter((name) => IMAGE.test(name)).toSorted()
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(directory, name)) })))
}

/** Every other task by `majority` of three devices, the others by `reference` (executed twice). */
const toJobs = (images: { name: string; bytes: Uint8Array }[], operation: string, model: string): Job[] =>
  images.map(({ name, bytes }, index) => ({
    name,
    task: { operation, model, input: bytes, validation: index % 2 === 0 ? 'majority' : 'reference' },
  }))

/**
 * Makes the demo's tasks: moderation of photos and reading of scanned lines, or moderation of the user's own images.
 *
 * @throws GstdError `USAGE_INVALID` when the folder has no images
 */
export const makeJobs = async (directory: string | undefined): Promise<Job[]> => {
  if (directory === undefined) {
    const photos = await readImages(join(here, '..', 'photos'))
    const lines = await readImages(join(here, '..', 'lines'))
    return [...toJobs(photos, 'image-moderation', 'nsfw-mobilenet-v2'), ...toJobs(lines, 'ocr', 'pp-ocrv4-rec')]
  }
  const images = await readImages(directory).catch((cause: unknown) => {
    throw new GstdError('USAGE_INVALID', `the folder ${directory} cannot be read`, { cause })
  })
  if (images.length === 0) throw new GstdError('USAGE_INVALID', `there are no JPEG or PNG images in ${directory}`)
  return toJobs(images, 'image-moderation', 'nsfw-mobilenet-v2')
}
