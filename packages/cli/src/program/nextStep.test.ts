import { GstdError } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { nextStep } from './nextStep.ts'

const away = new GstdError('COORDINATOR_UNREACHABLE', 'it does not answer')
const chainAway = new GstdError('CHAIN_UNAVAILABLE', 'it does not answer')

it('names what to start only where it is one’s own', () => {
  expect(nextStep(away, 'task list', { chain: true, coordinator: true })).toBe('gstd coordinator start')
  expect(nextStep(away, 'task list', { chain: true, coordinator: false })).toBeUndefined()
  expect(nextStep(chainAway, 'task list', { chain: true, coordinator: false })).toBe('gstd devnet start')
  expect(nextStep(chainAway, 'task list', { chain: false, coordinator: false })).toBeUndefined()
})

it('puts what the error names first', () => {
  const named = new GstdError('COORDINATOR_UNREACHABLE', 'x', { details: { next: 'gstd task list' } })
  expect(nextStep(named, 'submit', { chain: true, coordinator: true })).toBe('gstd task list')
})

it('sends whoever waited for the chain to where the effect would show', () => {
  const late = new GstdError('CHAIN_TIMEOUT', 'it was not seen')
  expect(nextStep(late, 'escrow deposit', { chain: true, coordinator: true })).toBe('gstd escrow show')
  expect(nextStep(late, 'stake deposit', { chain: true, coordinator: true })).toBe('gstd stake show')
})
