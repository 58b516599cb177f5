import { z } from 'zod'
import { toHex } from '../canonical/hex.ts'
import { count, hex32 } from '../documents/fields.ts'
import { hashDocument } from '../documents/hashDocument.ts'

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected a short lower-case name')
const positive = z.number().positive()

const modelFile = z.strictObject({
  name,
  sha256: hex32,
  bytes: z.int().positive(),
  /** Where the file may come from, first choice first: `npm:package@version/path`, `https:…`, `file:…`. */
  sources: z
    .array(z.string().regex(/^(?:npm:|https:\/\/|file:\/\/)/, 'expected an npm:, https: or file: address'))
    .min(1)
    .max(8),
})

/**
 * Model manifest: what a model is, where its files come from, and every pin that its results depend on. Part of the
 * network's signed parameters.
 */
export const modelManifestSchema = z.strictObject({
  id: name,
  operation: name,
  version: z.string().min(1).max(32),
  /** SPDX expression. */
  licence: z.string().min(1).max(64),
  files: z.array(modelFile).min(1).max(8),
  /** The canonical runtime: each of these changes the bits of results. */
  runtime: z.strictObject({
    name: z.literal('onnxruntime-web'),
    version: z.string(),
    threads: z.literal(1),
    graph_optimization: z.enum(['disabled', 'basic', 'extended', 'all']),
  }),
  /** Which decoders, resizer and further steps make tensors of an input; a device without exactly these refuses. */
  preprocessing: z.strictObject({
    decoders: z.array(z.string().max(64)).max(4),
    resizer: z.string().max(64),
    pipeline: z.string().max(64),
  }),
  /** Floating-point operations for one typical item. */
  flops: count,
  /** The least that any device is believed to need for one item; figures below are raised to it (protocol §7). */
  floors: z.strictObject({ energy_mwh_per_item: positive, time_ms_per_item: positive }),
  /** How the files were made, where the project made them. */
  conversion: z
    .strictObject({
      tool: z.string().max(64),
      source: z.string().max(128),
      source_hashes: z.array(hex32).min(1),
      output_hash: hex32,
    })
    .optional(),
})

export type ModelManifest = z.output<typeof modelManifestSchema>

/**
 * Hashes what decides a model's results: the bytes of its files, runtime and preprocessing. Sources, floors and
 * licence may change without making another model of it.
 *
 * @returns 32 bytes in hex, the `model_hash` of work orders and proofs
 */
export const modelHashOf = ({ id, version, files, runtime, preprocessing }: ModelManifest): string =>
  toHex(
    hashDocument('model', {
      id,
      version,
      files: files.map(({ name: file, sha256, bytes }) => ({ name: file, sha256, bytes })),
      runtime,
      preprocessing,
    }),
  )
