import { readdir, readFile } from 'node:fs/promises'

/** An example input of the repository. */
export type Example = { name: string; bytes: Uint8Array }

/** Reads the images of `examples/<folder>`, sorted by name. */
export const readExamples = async (folder: 'photos' | 'lines'): Promise<Example[]> => {
  const directory = new URL(`../../../../examples/${folder}/`, import.meta.url)
  const names = (await readdir(directory)).filter((name) => /\.(?:jpg|png)$/.test(name)).sort()
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(new URL(name, directory)) })))
}
