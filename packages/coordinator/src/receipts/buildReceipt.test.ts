import { createSigner, randomHex, type SignedHead, signHead, toHex, verifyReceipt } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { connectDevice, textResult } from '../dispatch/connectDevice.testing.ts'
import { type Bench, openBench } from '../dispatch/openBench.testing.ts'
import { answer } from '../dispatch/play.testing.ts'
import { deleteOldData } from '../retention/deleteOldData.ts'
import { createSpool } from '../spool/createSpool.ts'
import { temporaryFolder } from '../storage/copyDatabase.testing.ts'
import { buildReceipt } from './buildReceipt.ts'

const auditor = createSigner(randomHex(32))
const known = textResult('known')

const headOf = ({ journal, parameters, now }: Bench): Promise<SignedHead> => {
  const { network, vault } = parameters
  const { size } = journal.tree
  return signHead(
    { version: 1, network, vault, size, root: toHex(journal.tree.root()), drawn: [], timestamp: now() },
    auditor,
  )
}

const receiptOf = (bench: Bench, taskId: string, head: SignedHead | undefined, requester = bench.requester.address) =>
  buildReceipt(requester, taskId, {
    journal: bench.journal,
    parameters: bench.parameters,
    head,
    payment: async () => undefined,
  })

it('proves a task by itself, also after the network’s parameters have changed and the result is deleted', async () => {
  const bench = await openBench({ auditor_key: auditor.publicKey })
  const { network, vault, coordinator_key: coordinatorKey } = bench.parameters
  const trust = { network, vault, coordinatorKey, auditorKey: auditor.publicKey }
  const device = await connectDevice(bench)
  const taskId = await bench.submit({}, known)
  await bench.dispatcher.tick()
  const early = await headOf(bench)
  await answer(device, known)

  const notReady = { code: 'RECEIPT_NOT_READY' }
  await expect(receiptOf(bench, taskId, undefined)).rejects.toMatchObject(notReady)
  await expect(receiptOf(bench, taskId, early)).rejects.toMatchObject(notReady)
  const head = await headOf(bench)
  const unknown = { code: 'TASK_UNKNOWN' }
  await expect(receiptOf(bench, crypto.randomUUID(), head)).rejects.toMatchObject(unknown)
  await expect(receiptOf(bench, taskId, head, `0:${randomHex(32)}`)).rejects.toMatchObject(unknown)

  const receipt = await receiptOf(bench, taskId, head)
  expect(receipt.result).toEqual(known)
  const proven = { taskId, outcome: 'accepted', rewards: [{ deviceId: device.deviceId, attempt: 1 }] }
  expect(await verifyReceipt(receipt, trust)).toMatchObject(proven)

  await bench.restart({ epoch_ms: 9999 })
  const later = await receiptOf(bench, taskId, await headOf(bench))
  expect(later.parameters).toEqual(receipt.parameters)
  expect(await verifyReceipt(later, trust)).toMatchObject(proven)

  await bench.journal.query('UPDATE tasks SET paid = true WHERE task_id = $1', [taskId])
  await deleteOldData(bench.journal, await createSpool(await temporaryFolder()), bench.now() + 24 * 3_600_000)
  const purged = await receiptOf(bench, taskId, await headOf(bench))
  expect(purged).not.toHaveProperty('result')
  expect(await verifyReceipt(purged, trust)).toMatchObject(proven)
})
