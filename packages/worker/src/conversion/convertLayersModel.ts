import { convertLayer } from './convertLayer.ts'
import { createOnnxGraph } from './createOnnxGraph.ts'
import { type LayersModel, readWeights } from './layersModel.ts'

/** Name and version of this converter, as models' manifests name it. A change that changes bytes changes the version. */
export const converter = { name: 'gstd-layers-to-onnx', version: '1' } as const

/** What a converted network is called at its edges, and how large they are. */
export type NetworkPorts = {
  input: { name: string; height: number; width: number }
  output: { name: string; classCount: number }
}

/**
 * Converts a TensorFlow.js layers model (Keras functional, one image in, class probabilities out) to ONNX.
 * The input keeps TensorFlow's axis order `[1, height, width, 3]`. The bytes depend on the source alone.
 *
 * @param weightBytes - the model's shards, concatenated
 * @returns the bytes of the ONNX file
 * @throws Error for layers and options that it does not know, rather than converting them wrongly
 */
export const convertLayersModel = (
  model: LayersModel,
  weightBytes: Uint8Array,
  { input, output }: NetworkPorts,
): Uint8Array<ArrayBuffer> => {
  const { layers, output_layers } = model.modelTopology.model_config.config
  const weights = readWeights(model.weightsManifest, weightBytes)
  const graph = createOnnxGraph(
    converter,
    { name: input.name, shape: [1, input.height, input.width, 3] },
    { name: output.name, shape: [1, output.classCount] },
  )
  const values = new Map<string, string>()
  for (const layer of layers) {
    const inputs = (layer.inbound_nodes[0] ?? []).map(([name]) => {
      const value = values.get(name)
      if (value === undefined) throw new Error(`layer ${layer.name} comes before its input ${name}`)
      return value
    })
    values.set(
      layer.name,
      convertLayer(layer, layer.class_name === 'InputLayer' ? [input.name] : inputs, weights, graph),
    )
  }
  const last = values.get(output_layers[0][0])
  if (last === undefined) throw new Error('the output layer does not exist')
  graph.node('Identity', [last], {}, output.name)
  return graph.encode()
}
