import { expect, it } from 'vitest'
import { allowance } from './escrowView.ts'

it('says when a session key may spend more than there is', () => {
  expect(allowance(500_000_000n, 1_000_000_000n)).toBe('0.5 TON')
  expect(allowance(1_000_000_000n, 1_000_000_000n)).toBe('1 TON')
  expect(allowance(50_000_000_000n, 19_700_000_000n)).toBe('50 TON, as far as the escrow holds them,')
})
