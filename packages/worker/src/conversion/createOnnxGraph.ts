import { attributeType, modelProto, tensorType } from './onnxSchema.ts'

/** An attribute of a node: a whole number, a text, a list of whole numbers, or a real number. */
export type Attribute = number | string | readonly number[] | { float: number }

/** Name of a value that flows between nodes. */
export type ValueName = string

/** A graph under construction; values are named in the order of their creation. */
export type OnnxGraph = {
  /** Adds a constant of float32 values. */
  weights(data: Float32Array, shape: readonly number[]): ValueName
  /** Adds a one-dimensional constant of int64 values. */
  integers(values: readonly number[]): ValueName
  /** Adds a node with one output. */
  node(type: string, inputs: readonly ValueName[], attributes?: Record<string, Attribute>, output?: string): ValueName
  /** @returns the bytes of the ONNX file. */
  encode(): Uint8Array<ArrayBuffer>
}

type Port = { name: string; shape: readonly number[] }

const encodeAttribute = (name: string, value: Attribute) => {
  if (typeof value === 'number') return { name, i: value, type: attributeType.int }
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: attributeType.string }
  if ('float' in value) return { name, f: value.float, type: attributeType.float }
  return { name, ints: [...value], type: attributeType.ints }
}

const encodePort = ({ name, shape }: Port) => ({
  name,
  type: {
    tensor_type: { elem_type: tensorType.float32, shape: { dim: shape.map((size) => ({ dim_value: size })) } },
  },
})

const littleEndian = (data: Float32Array | BigInt64Array): Uint8Array => {
  const bytes = new Uint8Array(data.byteLength)
  const view = new DataView(bytes.buffer)
  data.forEach((value: number | bigint, index: number) => {
    if (typeof value === 'bigint') view.setBigInt64(index * 8, value, true)
    else view.setFloat32(index * 4, value, true)
  })
  return bytes
}

/**
 * Starts an ONNX graph (IR version 8, opset 17) with one float32 input and one float32 output.
 *
 * @param producer - name and version of the converter, written into the file
 */
export const createOnnxGraph = (producer: { name: string; version: string }, input: Port, output: Port): OnnxGraph => {
  const nodes: object[] = []
  const initializers: object[] = []
  let valueCount = 0

  const addConstant = (data: Float32Array | BigInt64Array, shape: readonly number[]): ValueName => {
    const name = `w${initializers.length}`
    const data_type = data instanceof Float32Array ? tensorType.float32 : tensorType.int64
    initializers.push({ dims: [...shape], data_type, name, raw_data: littleEndian(data) })
    return name
  }

  return {
    weights: addConstant,
    integers: (values) => addConstant(BigInt64Array.from(values, BigInt), [values.length]),
    node: (type, inputs, attributes = {}, name = `v${valueCount++}`) => {
      const attribute = Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value))
      nodes.push({ input: [...inputs], output: [name], name, op_type: type, attribute })
      return name
    },
    encode: () => {
      const model = {
        ir_version: 8,
        producer_name: producer.name,
        producer_version: producer.version,
        opset_import: [{ domain: '', version: 17 }],
        graph: {
          name: 'graph',
          node: nodes,
          initializer: initializers,
          input: [encodePort(input)],
          output: [encodePort(output)],
        },
      }
      return new Uint8Array(modelProto.encode(modelProto.create(model)).finish())
    },
  }
}
