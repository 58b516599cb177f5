import { expect, it } from 'vitest'
import { allPriceSets } from '../chainForTests/openTestNetwork.ts'
import known from './costs.json' with { type: 'json' }
import { type Costs, measureCosts } from './measureCosts.ts'

/** After a change that costs another amount on purpose: `npm test -- --project contracts src/costs --update`. */
it('every message costs what costs.json says', async () => {
  const costs: Record<string, Costs> = {}
  for (const prices of allPriceSets) costs[prices] = await measureCosts(prices, known[prices])
  await expect(`${JSON.stringify(costs, undefined, 2)}\n`).toMatchFileSnapshot('costs.json')
})
