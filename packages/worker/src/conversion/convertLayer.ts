import { z } from 'zod'
import type { OnnxGraph, ValueName } from './createOnnxGraph.ts'
import type { Layer, Weight } from './layersModel.ts'
import { transpose } from './transpose.ts'

const pair = z.tuple([z.int(), z.int()])
const channelsLast = z.literal('channels_last')
const padding = z.enum(['same', 'valid'])
const activation = z.enum(['linear', 'relu', 'softmax'])
const noDilation = z.tuple([z.literal(1), z.literal(1)])

const windowConfig = { strides: pair, padding, data_format: channelsLast }
const convolution = {
  ...windowConfig,
  kernel_size: pair,
  dilation_rate: noDilation,
  activation,
  use_bias: z.boolean(),
}
const options = {
  zeroPadding: z.object({ padding: z.tuple([pair, pair]), data_format: channelsLast }),
  conv: z.object(convolution),
  depthwise: z.object({ ...convolution, depth_multiplier: z.literal(1) }),
  batchNormalization: z.object({
    axis: z.literal(-1),
    epsilon: z.number(),
    center: z.literal(true),
    scale: z.literal(true),
  }),
  relu: z.object({ max_value: z.number(), negative_slope: z.literal(0), threshold: z.literal(0) }),
  pooling: z.object({ ...windowConfig, pool_size: pair }),
  flatten: z.object({ data_format: channelsLast }),
  dense: z.object({ activation, use_bias: z.literal(true) }),
}

const autoPad = (kind: z.output<typeof padding>) => ({ auto_pad: kind === 'same' ? 'SAME_UPPER' : 'VALID' })

const activate = (graph: OnnxGraph, value: ValueName, kind: z.output<typeof activation>): ValueName => {
  if (kind === 'relu') return graph.node('Relu', [value])
  if (kind === 'softmax') return graph.node('Softmax', [value], { axis: -1 })
  return value
}

/**
 * Adds the ONNX nodes of one Keras layer. Inside the graph images are `[batch, channels, height, width]`, as ONNX
 * has them; kernels are transposed accordingly, at conversion.
 *
 * @returns the name of the layer's output
 * @throws Error (zod) for a layer or an option that is not supported
 */
export const convertLayer = (
  { class_name, name, config }: Layer,
  inputs: readonly ValueName[],
  weights: ReadonlyMap<string, Weight>,
  graph: OnnxGraph,
): ValueName => {
  const [x = ''] = inputs
  const weight = (part: string): Weight => {
    const found = weights.get(`${name}/${part}`)
    if (found === undefined) throw new Error(`layer ${name} has no weight ${part}`)
    return found
  }
  const constant = ({ data, shape }: Weight): ValueName => graph.weights(data, shape)
  const convolve = (kernel: Weight, groupCount: number, c: z.output<typeof options.conv>): ValueName => {
    const operands = [x, constant(kernel), ...(c.use_bias ? [constant(weight('bias'))] : [])]
    const attributes = { kernel_shape: c.kernel_size, strides: c.strides, group: groupCount, ...autoPad(c.padding) }
    return activate(graph, graph.node('Conv', operands, attributes), c.activation)
  }

  switch (class_name) {
    case 'InputLayer':
      return graph.node('Transpose', [x], { perm: [0, 3, 1, 2] })
    case 'Dropout':
      return x
    case 'Add':
      return graph.node('Add', inputs)
    case 'ZeroPadding2D': {
      const [[top, bottom], [left, right]] = options.zeroPadding.parse(config).padding
      return graph.node('Pad', [x, graph.integers([0, 0, top, left, 0, 0, bottom, right])], { mode: 'constant' })
    }
    case 'Conv2D':
      return convolve(transpose(weight('kernel'), [3, 2, 0, 1]), 1, options.conv.parse(config))
    case 'DepthwiseConv2D': {
      const kernel = transpose(weight('depthwise_kernel'), [2, 3, 0, 1])
      return convolve(kernel, kernel.shape[0] ?? 0, options.depthwise.parse(config))
    }
    case 'BatchNormalization': {
      const { epsilon } = options.batchNormalization.parse(config)
      const parts = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((part) => constant(weight(part)))
      return graph.node('BatchNormalization', [x, ...parts], { epsilon: { float: epsilon } })
    }
    case 'ReLU': {
      const bounds = [0, options.relu.parse(config).max_value]
      return graph.node('Clip', [x, ...bounds.map((bound) => graph.weights(Float32Array.of(bound), []))])
    }
    case 'AveragePooling2D': {
      const { pool_size, strides, ...rest } = options.pooling.parse(config)
      return graph.node('AveragePool', [x], { kernel_shape: pool_size, strides, ...autoPad(rest.padding) })
    }
    case 'Flatten':
      options.flatten.parse(config)
      return graph.node('Flatten', [graph.node('Transpose', [x], { perm: [0, 2, 3, 1] })])
    case 'Dense': {
      const product = graph.node('Gemm', [x, constant(weight('kernel')), constant(weight('bias'))])
      return activate(graph, product, options.dense.parse(config).activation)
    }
    default:
      throw new Error(`no conversion for layer ${name} of class ${class_name}`)
  }
}
