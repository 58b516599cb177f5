import { fromNano } from '@ton/core'
import type { Costs } from './measureCosts.ts'

const ton = (nano: string): string => Number(fromNano(nano)).toFixed(5)

/** The rows of the table of costs in README.md: gas, then fee and least value at the prices of either set. */
export const costRows = (known: Record<'2026-06' | '2025-12', Costs>): string[] =>
  Object.entries(known['2026-06']).map(([name, { gas, ...now }]) => {
    const before = known['2025-12'][name] ?? { fee_nano: '0', least_value_nano: '0' }
    const amounts = [now.fee_nano, now.least_value_nano, before.fee_nano, before.least_value_nano].map(ton)
    return `| ${name} | ${[gas['vault'] ?? '–', gas['escrow'] ?? '–', gas['account'] ?? '–', ...amounts].join(' | ')} |`
  })
