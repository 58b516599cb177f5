import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RunNetwork } from '../operations/tensor.ts'

/** A network that is ready to run. */
export type Network = { run: RunNetwork; release(): Promise<void> }

/** The canonical runtime: single-thread WebAssembly. */
export type Runtime = {
  version: string
  load(network: Uint8Array, graphOptimization: 'disabled' | 'basic' | 'extended' | 'all'): Promise<Network>
}

/** An ONNX file whose network returns its input of one number; written by `createOnnxGraph`. */
export const IDENTITY_NETWORK =
  'CAgSBGdzdGQaATE6PgoTCgF4EgF5GgF5IghJZGVudGl0eRIFZ3JhcGhaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAR'

/**
 * Loads onnxruntime-web and everything it would otherwise open later: afterwards the process needs no files.
 */
export const loadRuntime = async (): Promise<Runtime> => {
  const ort = await import('onnxruntime-web')
  ort.env.logLevel = 'error'
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmBinary = readFileSync(
    fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
  )

  const load: Runtime['load'] = async (network, graphOptimizationLevel) => {
    const session = await ort.InferenceSession.create(network, {
      executionProviders: ['wasm'],
      graphOptimizationLevel,
      logSeverityLevel: 3,
    })
    const [inputName = ''] = session.inputNames
    const [outputName = ''] = session.outputNames
    return {
      run: async ({ data, dims }) => {
        const input = new ort.Tensor('float32', data, dims)
        const { [outputName]: output } = await session.run({ [inputName]: input })
        if (output?.type !== 'float32' || !(output.data instanceof Float32Array)) {
          throw new Error('the network has no float32 output')
        }
        return { data: output.data, dims: output.dims }
      },
      release: () => session.release(),
    }
  }

  const identity = await load(Buffer.from(IDENTITY_NETWORK, 'base64'), 'all')
  await identity.run({ data: Float32Array.of(1), dims: [1] })
  await identity.release()
  return { version: ort.env.versions.web ?? ort.env.versions.common, load }
}
