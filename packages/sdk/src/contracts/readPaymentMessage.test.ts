import { readFileSync } from 'node:fs'
import { beginCell } from '@ton/core'
import { expect, it } from 'vitest'
import { charge, commit, exec, veto } from './messages.ts'
import { readPaymentMessage } from './readPaymentMessage.ts'
import { chargeCellOf, commitCellOf } from './settlementBodies.ts'

const vectors = JSON.parse(readFileSync(new URL('./vectors/cells.json', import.meta.url), 'utf8'))
const signatures = { coordinatorSignature: 'ab'.repeat(64), auditorSignature: 'cd'.repeat(64) }

it('names the epoch of each part of a payment', () => {
  const { fields, origin } = vectors.charge
  const bodies = [
    charge({ body: chargeCellOf({ ...fields, epoch: 7 }, origin), ...signatures }),
    commit({ body: commitCellOf({ ...vectors.commit.fields, epoch: 8 }, origin), ...signatures }),
    exec({ batch: beginCell().endCell(), queryId: 9n }),
  ]
  expect(bodies.map(readPaymentMessage)).toEqual([
    { kind: 'charge', epoch: 7 },
    { kind: 'commit', epoch: 8 },
    { kind: 'exec', epoch: 9 },
  ])
})

it('says nothing of other messages, nor of broken ones', () => {
  const broken = beginCell().storeUint(0x47560001, 32).storeUint(0, 64).endCell()
  for (const body of [veto({ epoch: 1 }), broken, beginCell().endCell()]) {
    expect(readPaymentMessage(body)).toBeUndefined()
  }
})
