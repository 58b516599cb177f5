/**
 * The canonical runtime, protocol §5: single-thread WebAssembly of one pinned version is bit-identical on x64 and
 * arm64, so its results are compared by hash. Other classes are not offered yet.
 */
export const canonicalRuntime = {
  name: 'onnxruntime-web',
  version: '1.30.0',
  threads: 1,
  numericClass: 'onnxruntime-web@1.30.0/wasm-simd/1',
} as const
