import { resultHashOf } from '@gstd/sdk'

/** What every simulated device answers, and what every task with a known answer expects. */
export const agreedResult: unknown[] = [{ confidence: 0.9, text: 'one line' }]

export const agreedResultHash = resultHashOf(agreedResult)
