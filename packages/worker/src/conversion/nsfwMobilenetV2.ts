import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { convertLayersModel } from './convertLayersModel.ts'
import { type LayersModel, layersModelSchema } from './layersModel.ts'

const require = createRequire(import.meta.url)

/** The source of the model `nsfw-mobilenet-v2`: package `nsfwjs`, MIT. */
const SOURCE_DIRECTORY = join(dirname(require.resolve('nsfwjs')), '../models/mobilenet_v2')

/** The files of the source that decide the converted bytes; the manifest names their hashes. */
export const sourceFiles = ['model.min.js', 'group1-shard1of1.min.js'].map((file) => join(SOURCE_DIRECTORY, file))

/**
 * Loads the source model, which its package ships as JavaScript modules.
 *
 * @returns topology and weights of the TensorFlow.js layers model
 */
export const loadSource = (): { model: LayersModel; weightBytes: Uint8Array } => {
  const [topology, ...shards] = sourceFiles.map((file): unknown => require(file))
  return {
    model: layersModelSchema.parse(topology),
    weightBytes: Buffer.concat(shards.map((shard) => Buffer.from(z.string().parse(shard), 'base64'))),
  }
}

/** @returns the bytes of `nsfw-mobilenet-v2.onnx`. */
export const convertNsfwMobilenetV2 = (): Uint8Array<ArrayBuffer> => {
  const { model, weightBytes } = loadSource()
  return convertLayersModel(model, weightBytes, {
    input: { name: 'image', height: 224, width: 224 },
    output: { name: 'probabilities', classCount: 5 },
  })
}
