import { checkLimits, descriptorDocument, GstdError, limits } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { sayInFlags } from './sayInFlags.ts'

const address = `0:${'1'.repeat(64)}`
const createdAt = Date.UTC(2027, 0, 1)
const descriptor = descriptorDocument.parse({
  version: 1,
  network: -3,
  vault: address,
  task_id: crypto.randomUUID(),
  task_type: 'inference',
  operation: 'ocr',
  model: 'pp-ocrv4-rec',
  input: { source: 'http', hash: `sha256:${'2'.repeat(64)}`, uri: 'https://example.org/a.png' },
  params: {},
  constraints: { time_limit_sec: 5, max_energy_mwh: 20 },
  reward: { amount_ton: '0.01' },
  validation: 'majority',
  reference_commitment: '3'.repeat(64),
  requester: { address, public_key: '4'.repeat(64) },
  nonce: '5'.repeat(32),
  created_at: createdAt,
})

it.each<[string, Partial<typeof descriptor>]>([
  ['--deadline must be between 5s and 24h from now', { deadline: createdAt + 48 * 3_600_000 }],
  ['--deadline must be between 5s and 24h from now', { deadline: createdAt + 4000 }],
  ['--time-limit must be between 1s and 5s', { constraints: { time_limit_sec: 9, max_energy_mwh: 20 } }],
  ['--max-energy must be between 1 and 50 mWh', { constraints: { time_limit_sec: 5, max_energy_mwh: 90 } }],
  ['--max-devices must be between 5 and 15', { redundancy: 5, max_devices: 4 }],
])('says "%s"', (message, changes) => {
  const refuse = () => {
    try {
      checkLimits({ ...descriptor, ...changes })
    } catch (thrown) {
      throw thrown instanceof GstdError ? sayInFlags(thrown) : thrown
    }
  }
  expect(refuse).toThrow(expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE', message }))
})

it('leaves other errors as they are', () => {
  const error = new GstdError('LIMITS_OUT_OF_RANGE', 'x', { details: { path: 'deadline', limit: limits.batchItems } })
  expect(sayInFlags(error)).toBe(error)
})
