import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nsfwMobilenetV2 } from '@gstd/sdk'
import { hasHash } from './src/models/hasHash.ts'

/**
 * Makes the models that the project converts itself and checks them against their manifests. Part of the build:
 * `node packages/worker/build-models.ts` (with `--conditions=@gstd/source` where the SDK is not built yet).
 */
for (const { name, sha256 } of nsfwMobilenetV2.files) {
  const path = fileURLToPath(new URL(`./models/${name}`, import.meta.url))
  if (existsSync(path) && hasHash(await readFile(path), sha256)) continue
  const { convertNsfwMobilenetV2 } = await import('./src/conversion/nsfwMobilenetV2.ts')
  const bytes = convertNsfwMobilenetV2()
  if (!hasHash(bytes, sha256)) throw new Error(`${name} was converted to other bytes than its manifest names`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.tmp`, bytes)
  await rename(`${path}.tmp`, path)
}
