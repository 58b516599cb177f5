import { toHex } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'
import { foldHistory } from '../historyForTests/foldHistory.ts'
import { entryOf, fullHistory } from '../historyForTests/fullHistory.ts'
import { network } from '../historyForTests/parties.ts'
import { createLedger } from './createLedger.ts'

describe('a ledger', () => {
  it('finds nothing in an honest log with every kind of entry, and has its root', async () => {
    const { entries, tasks, tree } = await fullHistory()
    const { ledger, findings } = await foldHistory(entries, tasks)
    expect(findings).toEqual([])
    expect(toHex(ledger.tree.root())).toBe(toHex(tree.root()))
    expect(new Set(entries.map(({ kind }) => kind)).size).toBe(14)
  })

  it('refuses to take an entry in another place', async () => {
    const { entries } = await fullHistory()
    const ledger = createLedger(network)
    await expect(ledger.apply(entryOf(entries, 'device'))).rejects.toThrow(
      expect.objectContaining({ code: 'DOCUMENT_MALFORMED' }),
    )
    expect(ledger.tree.size).toBe(0)
  })

  it('asks for evidence where a known answer is a voice, and for the vault where an epoch was paid', async () => {
    const { entries, named } = await fullHistory()
    const ledger = createLedger(network)
    const wanted: unknown[] = []
    for (const entry of entries.slice(0, entryOf(entries, 'charge').index)) {
      const wants = ledger.wants(entry)
      if (Object.keys(wants).length > 0) wanted.push(wants)
      await ledger.apply(entry)
    }
    expect(wanted).toEqual([{ evidenceOf: named.known.descriptor.task_id }])
    expect(ledger.wants(entryOf(entries, 'executed'))).toEqual({ vault: true })
  })
})
