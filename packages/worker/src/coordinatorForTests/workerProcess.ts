import { text } from 'node:stream/consumers'
import { createSigner, networkConfigSchema } from '@gstd/sdk'
import { z } from 'zod'
import { startWorker } from '../startWorker.ts'

/**
 * A worker as a process of its own, for tests that kill it. Options come as one argument in JSON; events go out as
 * lines of JSON. It ends when its standard input does, so that no test leaves it behind.
 */
const settings = z
  .object({
    stateDir: z.string(),
    modelCacheDir: z.string(),
    network: networkConfigSchema,
    ownerSeed: z.string(),
    ownerAddress: z.string(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''))

const print = (value: object) =>
  console.log(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)))

try {
  await startWorker({
    stateDir: settings.stateDir,
    modelCacheDir: settings.modelCacheDir,
    network: settings.network,
    owner: { signer: createSigner(settings.ownerSeed), address: settings.ownerAddress, wallet: 'v5r1' },
    payoutAddress: settings.ownerAddress,
    slots: 1,
    models: ['pp-ocrv4-rec'],
    allowLoopback: true,
    onEvent: print,
  })
} catch (error) {
  print({ type: 'crash', code: error instanceof Error && 'code' in error ? error.code : String(error) })
  process.exit(1)
}
await text(process.stdin)
process.exit(0)
