import type { ModelManifest } from '../modelManifest.ts'

/**
 * MobileNetV2 of `nsfwjs`, converted to ONNX by the worker's build. Floors: 10 pJ and 0.01 ns per operation, what
 * the best mobile chips and the fastest single cores with 128-bit vectors reach.
 */
export const nsfwMobilenetV2: ModelManifest = {
  id: 'nsfw-mobilenet-v2',
  operation: 'image-moderation',
  version: '4.3.0',
  licence: 'MIT',
  files: [
    {
      name: 'nsfw-mobilenet-v2.onnx',
      sha256: 'c2f0b84936fbe5919603d72fc1d502e5cdbab2b48fa65a519aef50f3311e81ea',
      bytes: 10_496_350,
      sources: ['npm:@gstd/worker@0.0.0/models/nsfw-mobilenet-v2.onnx'],
    },
  ],
  runtime: { name: 'onnxruntime-web', version: '1.30.0', threads: 1, graph_optimization: 'all' },
  preprocessing: { decoders: ['jpeg-js@0.4.4', 'fast-png@8.0.0'], resizer: 'bilinear/1', pipeline: 'rgb-224-unit/1' },
  flops: 600_000_000,
  floors: { energy_mwh_per_item: 0.0017, time_ms_per_item: 6 },
  conversion: {
    tool: 'gstd-layers-to-onnx@1',
    source: 'npm:nsfwjs@4.3.0/dist/models/mobilenet_v2',
    source_hashes: [
      'c32f104fd562b08cdff5ed69dfe1209643afa47e792fb12751d2949aa61a397a',
      'ef2e0a63f7d2c4960b37b024b669313f65d3c45cd59e9042636c55b39de53517',
    ],
    output_hash: 'c2f0b84936fbe5919603d72fc1d502e5cdbab2b48fa65a519aef50f3311e81ea',
  },
}
