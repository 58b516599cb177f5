import { readdir } from 'node:fs/promises'

/** `npm run bench -- NAME [options]`: runs one measurement of this folder; without a name, says which there are. */
const names = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length))
  .toSorted()

const [name, ...options] = process.argv.slice(2)
if (name !== undefined && names.includes(name)) {
  process.argv.splice(2, process.argv.length, ...options)
  await import(`./${name}.ts`)
} else {
  if (name !== undefined) process.stderr.write(`there is no bench ${JSON.stringify(name)}\n`)
  process.stderr.write(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}\n`)
  process.exitCode = 2
}
