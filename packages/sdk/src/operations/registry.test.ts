import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../canonical/canonicalJson.ts'
import { canonicalRuntime } from '../verification/canonicalRuntime.ts'
import { modelHashOf, modelManifestSchema } from './modelManifest.ts'
import { roundScore } from './operation.ts'
import { findOperation, knownModels, operations } from './registry.ts'

describe('operations', () => {
  it('are found by name', () => {
    expect(operations.map(({ operation }) => findOperation(operation)?.operation)).toEqual(['image-moderation', 'ocr'])
    expect(findOperation('toString')).toBeUndefined()
  })

  it.each(knownModels())('$id has a valid manifest of the canonical runtime', (manifest) => {
    expect(modelManifestSchema.parse(JSON.parse(canonicalJson(manifest)))).toEqual(manifest)
    expect(findOperation(manifest.operation)?.models).toContain(manifest)
    expect(manifest.runtime).toMatchObject({ name: canonicalRuntime.name, version: canonicalRuntime.version })
  })

  it('accepts outputs and coded errors as items of a result, nothing else', () => {
    const schema = findOperation('ocr')?.resultItemSchema
    expect(schema?.safeParse({ text: 'Total: 12.50', confidence: 0.98 }).success).toBe(true)
    expect(schema?.safeParse({ error: { code: 'ITEM_UNDECODABLE', message: 'no JPEG or PNG' } }).success).toBe(true)
    expect(schema?.safeParse({ text: 'a', confidence: 0.5, extra: 1 }).success).toBe(false)
    expect(schema?.safeParse({ error: { code: 'INTERNAL_ERROR', message: 'x' } }).success).toBe(false)
  })

  it('takes its own params only', () => {
    const schema = findOperation('ocr')?.paramsSchema
    expect(schema?.parse({})).toEqual({ layout: 'line' })
    expect(schema?.safeParse({ layout: 'page' }).success).toBe(false)
    expect(findOperation('image-moderation')?.paramsSchema.safeParse({ threshold: 1 }).success).toBe(false)
  })
})

describe('modelHashOf', () => {
  it('covers what decides results and nothing else', () => {
    for (const manifest of knownModels()) {
      const hash = modelHashOf(manifest)
      expect(modelHashOf({ ...manifest, licence: 'other', flops: 1 })).toBe(hash)
      expect(modelHashOf({ ...manifest, preprocessing: { ...manifest.preprocessing, resizer: 'nearest/1' } })).not.toBe(
        hash,
      )
      expect(modelHashOf({ ...manifest, version: '0' })).not.toBe(hash)
    }
  })

  it('is pinned', () => {
    expect(knownModels().map((manifest) => [manifest.id, modelHashOf(manifest)])).toMatchInlineSnapshot(`
      [
        [
          "nsfw-mobilenet-v2",
          "22e7c0d4817181d3fba671a9f78113334e73849befad6c89822dd9bf78d73a68",
        ],
        [
          "pp-ocrv4-rec",
          "1c03261aa289cffd7038e52ae57d9b59e1e69e37d6e4ea7adc66f216249e148d",
        ],
      ]
    `)
  })
})

describe('roundScore', () => {
  it('keeps six decimals of a float32', () => {
    expect(roundScore(0.8375451564788818)).toBe(0.837545)
    expect(roundScore(1e-9)).toBe(0)
    expect(roundScore(1)).toBe(1)
  })
})
