import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusals } from '@gstd/sdk/contracts'
import { describe, expect, it } from 'vitest'
import { costRows } from './costs/costRows.ts'
import costs from './costs/costs.json' with { type: 'json' }

const folder = import.meta.dirname
const readme = readFileSync(join(folder, '..', 'README.md'), 'utf8')
const sources = readdirSync(folder).filter((name) => name.endsWith('.tolk'))
const tolk = sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, ...groups]) => groups.join(' '))

describe('README.md', () => {
  it('lists the exit codes of errors.tolk and of the SDK', () => {
    const inSdk = Object.entries(refusals).map(([name, code]) => `${code} ${name}`)
    const inTolk = matches(tolk, /const ERR_(\w+) = (\d+)/g).map((match) => match.split(' ').toReversed().join(' '))
    expect(inTolk).toEqual(inSdk)
    expect(matches(readme, /^\| (\d+) \| `(\w+)` \|/gm)).toEqual(inSdk)
  })

  it('names every exit code that is thrown, and no other', () => {
    const declared = matches(tolk, /const ERR_(\w+)/g)
    expect(new Set(matches(tolk, /throw ERR_(\w+)/g))).toEqual(new Set(declared))
  })

  it('has the TL-B of every message of escrow and vault', () => {
    const inTolk = matches(tolk, /struct \(0x(47\w{6})\)/g)
    expect(new Set(matches(readme, /^\w+#(47\w{6}) /gm))).toEqual(new Set(inTolk))
  })

  it('has the costs that were measured', () => {
    expect(
      matches(
        readme,
        /^(\| (?:deposit|setSession|charge|commit|exec of \d+|veto|unfreeze|reclaim|uncommit|openAccount|setDevice|unbond|withdraw|slash|appeal|vetoSlash|executeSlash|updateReputation|\w+Change|close.*) \| (?:\d|–).*)$/gm,
      ),
    ).toEqual(costRows(costs))
  })
})
