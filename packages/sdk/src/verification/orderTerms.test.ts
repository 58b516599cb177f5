import { describe, expect, it } from 'vitest'
import { workOrderSchema } from '../documents/workOrder.ts'
import { buildReceipt } from './buildReceipt.testing.ts'
import { manifestOf, orderTermsOf } from './orderTerms.ts'
import { parameters } from './receiptParties.testing.ts'

describe('orderTermsOf', () => {
  it('tells a device the work, and neither requester, method, redundancy, deadline nor inline bytes', async () => {
    const { descriptor } = await buildReceipt({ answers: [], validation: 'majority', itemCount: 2 })
    const terms = orderTermsOf(descriptor, parameters.models)
    const dispatch = { device_id: 'ab'.repeat(16), attempt: 1, nonce: 'ab'.repeat(16), dispatched_at: 1 }
    expect(workOrderSchema.parse({ ...terms, ...dispatch })).toEqual({ ...terms, ...dispatch })
    const text = JSON.stringify(terms)
    const { requester, reference_commitment, nonce } = descriptor
    for (const secret of [requester.address, requester.public_key, reference_commitment, nonce, 'majority', 'data']) {
      expect(text).not.toContain(secret)
    }
    expect(terms.input.map(({ source }) => source)).toEqual(['inline', 'http'])
    expect(terms.input.map(({ hash }) => hash)).toEqual([descriptor.input].flat().map(({ hash }) => hash))
  })

  it('knows the whitelisted models only', () => {
    const unknown = expect.objectContaining({ code: 'MODEL_UNKNOWN' })
    expect(() => manifestOf({ model: 'gpt' }, parameters.models)).toThrow(unknown)
    expect(() => manifestOf({ model: undefined }, parameters.models)).toThrow(unknown)
    expect(manifestOf({ model: 'pp-ocrv4-rec' }, parameters.models).operation).toBe('ocr')
  })
})
