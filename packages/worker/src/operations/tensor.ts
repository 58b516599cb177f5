/** A dense float32 tensor. */
export type Tensor = { data: Float32Array; dims: readonly number[] }

/** Runs a network of one input and one output: all that an operation sees of the runtime. */
export type RunNetwork = (input: Tensor) => Promise<Tensor>
