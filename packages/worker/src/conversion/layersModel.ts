import { z } from 'zod'

const shape = z.array(z.int().nonnegative())

const weightEntry = z.object({
  name: z.string(),
  shape,
  dtype: z.literal('float32'),
  quantization: z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }).optional(),
})

const layerSchema = z.looseObject({
  class_name: z.string(),
  name: z.string(),
  config: z.record(z.string(), z.unknown()),
  inbound_nodes: z.array(z.array(z.tuple([z.string(), z.literal(0), z.literal(0)]).rest(z.unknown()))),
})

/** `model.json` of a TensorFlow.js layers model, as far as the converter reads it; the rest is kept. */
export const layersModelSchema = z.object({
  modelTopology: z.looseObject({
    model_config: z.looseObject({
      config: z.looseObject({
        layers: z.array(layerSchema).min(1),
        output_layers: z.tuple([z.tuple([z.string(), z.literal(0), z.literal(0)])]),
      }),
    }),
  }),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightEntry) })),
})

export type LayersModel = z.output<typeof layersModelSchema>
export type Layer = z.output<typeof layerSchema>

/** One tensor of weights in TensorFlow's axis order. */
export type Weight = { data: Float32Array; shape: readonly number[] }

/**
 * Reads every weight of a layers model, undoing its quantisation as TensorFlow.js does (`value · scale + min` in
 * double precision, then rounded to float32).
 *
 * @param bytes - the model's shards, concatenated
 * @throws Error when the manifest does not use exactly all bytes
 */
export const readWeights = (manifest: LayersModel['weightsManifest'], bytes: Uint8Array): Map<string, Weight> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const weights = new Map<string, Weight>()
  let offset = 0
  for (const entry of manifest.flatMap((group) => group.weights)) {
    const { quantization } = entry
    const data = new Float32Array(entry.shape.reduce((product, size) => product * size, 1))
    for (let index = 0; index < data.length; index++) {
      if (quantization === undefined) {
        data[index] = view.getFloat32(offset, true)
        offset += 4
      } else {
        const isByte = quantization.dtype === 'uint8'
        const level = isByte ? view.getUint8(offset) : view.getUint16(offset, true)
        data[index] = level * quantization.scale + quantization.min
        offset += isByte ? 1 : 2
      }
    }
    weights.set(entry.name, { data, shape: entry.shape })
  }
  if (offset !== bytes.length) throw new Error(`the weights use ${offset} of ${bytes.length} bytes`)
  return weights
}
