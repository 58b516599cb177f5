import { describe, expect, it } from 'vitest'
import { IDENTITY_NETWORK } from '../executor/loadRuntime.ts'
import { createOnnxGraph } from './createOnnxGraph.ts'
import { modelProto } from './onnxSchema.ts'

const producer = { name: 'gstd', version: '1' }

describe('createOnnxGraph', () => {
  it('writes what a reader of ONNX finds', () => {
    const graph = createOnnxGraph(producer, { name: 'x', shape: [1, 2] }, { name: 'y', shape: [1, 2] })
    const weights = graph.weights(Float32Array.of(0.5, -1), [2])
    graph.node('Add', ['x', weights, graph.integers([-1])], { alpha: { float: 0.25 }, axis: -1, mode: 'm' }, 'y')
    const bytes = graph.encode()
    expect(modelProto.toObject(modelProto.decode(bytes), { longs: Number, bytes: String })).toMatchObject({
      ir_version: 8,
      opset_import: [{ version: 17 }],
      graph: {
        initializer: [
          { dims: [2], data_type: 1, raw_data: 'AAAAPwAAgL8=' },
          { dims: [1], data_type: 7, raw_data: '//////////8=' },
        ],
        node: [
          {
            op_type: 'Add',
            input: ['x', 'w0', 'w1'],
            output: ['y'],
            attribute: [
              { name: 'alpha', f: 0.25 },
              { name: 'axis', i: -1 },
              { name: 'mode', s: 'bQ==' },
            ],
          },
        ],
      },
    })
  })

  it('wrote the network that warms the runtime up', () => {
    const graph = createOnnxGraph(producer, { name: 'x', shape: [1] }, { name: 'y', shape: [1] })
    graph.node('Identity', ['x'], {}, 'y')
    expect(Buffer.from(graph.encode()).toString('base64')).toBe(IDENTITY_NETWORK)
  })
})
