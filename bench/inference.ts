import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalRuntime, knownModels } from '@gstd/sdk'
import { createEnergyMeter, createExecutor, createModelCache } from '@gstd/worker'

/**
 * Measures every operation on the examples, in the real child process on the canonical runtime:
 * `node --conditions=@gstd/source bench/inference.ts`. Prints one line of JSON for each operation.
 */
const ROUNDS = 5
const INPUTS: Readonly<Record<string, string>> = { 'image-moderation': 'photos', ocr: 'lines' }

const readExamples = async (folder: string): Promise<Uint8Array[]> => {
  const directory = new URL(`../examples/${folder}/`, import.meta.url)
  const names = (await readdir(directory)).filter((name) => /\.(jpg|png)$/.test(name)).sort()
  return Promise.all(names.map((name) => readFile(new URL(name, directory))))
}

const percentile = (values: readonly number[], fraction: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * fraction)] ?? 0

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

const cacheDir = await mkdtemp(join(tmpdir(), 'gstd-bench-'))
const executor = createExecutor()
const meter = createEnergyMeter()
try {
  for (const manifest of knownModels()) {
    const { operation } = manifest
    const items = await readExamples(INPUTS[operation] ?? '')
    const model = await createModelCache({ cacheDir }).load(manifest)
    const startedAtMs = performance.now()
    await executor.prepare(model)
    const prepareMs = performance.now() - startedAtMs
    const times: number[] = []
    let energyMwh = 0
    for (let index = 0; index < items.length * ROUNDS; index++) {
      const item = items[index % items.length]
      if (item === undefined) continue
      const measuring = meter.start()
      const execution = await executor.execute({ operation, model, params: {}, items: [item], timeLimitMs: 5000 })
      times.push(execution.executionTimeMs)
      energyMwh += measuring.stop({ cpuSeconds: execution.cpuSeconds, durationMs: execution.executionTimeMs })
    }
    const result = {
      operation,
      model: manifest.id,
      numeric_class: canonicalRuntime.numericClass,
      cpu: cpus()[0]?.model,
      cores: availableParallelism(),
      items: times.length,
      prepare_ms: round(prepareMs, 0),
      p50_ms_per_item: round(percentile(times, 0.5), 1),
      p95_ms_per_item: round(percentile(times, 0.95), 1),
      energy_mwh_per_item: round(energyMwh / times.length, 4),
      energy_method: meter.method,
    }
    console.log(JSON.stringify(result))
  }
} finally {
  await executor.close()
  await rm(cacheDir, { recursive: true, force: true })
}
