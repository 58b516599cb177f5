import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GstdError, limits, type TaskInput } from '@gstd/sdk'

/** One task of the demo: a file and what is done with it. */
export type Job = { name: string; task: TaskInput }

const IMAGE = /\.(?:jpe?g|png)$/i
const here = import.meta.dirname

type Image = { name: string; bytes: Uint8Array }
type Images = { images: Image[]; skipped: string[] }

const read = async (directory: string, name: string): Promise<Image | string> => {
  const path = join(directory, name)
  try {
    const { size } = await stat(path)
    if (size <= limits.fetchedBytes) return { name, bytes: await readFile(path) }
    return `${name}: it has ${size} bytes, an input may have ${limits.fetchedBytes}`
  } catch (thrown) {
    return `${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  }
}

/** @returns the images of a folder, and why others of its files were left out */
const readImages = async (directory: string): Promise<Images> => {
  const names = (await readdir(directory)).filter((name) => IMAGE.test(name)).toSorted()
  const found = await Promise.all(names.map((name) => read(directory, name)))
  return {
    images: found.filter((image) => typeof image !== 'string'),
    skipped: found.filter((image) => typeof image === 'string'),
  }
}

/** Every other task by `majority` of three devices, the others by `reference` (executed twice). */
const toJobs = (images: readonly Image[], operation: string, model: string): Job[] =>
  images.map(({ name, bytes }, index) => ({
    name,
    task: { operation, model, input: bytes, validation: index % 2 === 0 ? 'majority' : 'reference' },
  }))

/**
 * Makes the demo's tasks: moderation of photos and reading of scanned lines, or moderation of the user's own images.
 *
 * @returns the tasks, and for each file that was left out why
 * @throws GstdError `USAGE_INVALID` when the folder has no images
 */
export const makeJobs = async (directory: string | undefined): Promise<{ jobs: Job[]; skipped: string[] }> => {
  if (directory === undefined) {
    const [photos, lines] = await Promise.all(['photos', 'lines'].map((folder) => readImages(join(here, '..', folder))))
    const jobs = [
      ...toJobs(photos?.images ?? [], 'image-moderation', 'nsfw-mobilenet-v2'),
      ...toJobs(lines?.images ?? [], 'ocr', 'pp-ocrv4-rec'),
    ]
    return { jobs, skipped: [] }
  }
  const { images, skipped } = await readImages(directory).catch((cause: unknown) => {
    throw new GstdError('USAGE_INVALID', `the folder ${directory} cannot be read`, { cause })
  })
  if (images.length === 0) {
    const why = skipped.length === 0 ? '' : ` that can be taken: ${skipped.join('; ')}`
    throw new GstdError('USAGE_INVALID', `there are no JPEG or PNG images in ${directory}${why}`)
  }
  return { jobs: toJobs(images, 'image-moderation', 'nsfw-mobilenet-v2'), skipped }
}
