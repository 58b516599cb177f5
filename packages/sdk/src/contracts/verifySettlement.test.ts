import { beforeAll, describe, expect, it } from 'vitest'
import type { Receipt, ReceiptPayment } from '../documents/receipt.ts'
import { buildReceipt } from '../verification/buildReceipt.testing.ts'
import { certifiedDevice, coordinator, signerOf, trust } from '../verification/receiptParties.testing.ts'
import { signCertificate } from '../documents/certificate.ts'
import { commitCellOf } from './settlementBodies.ts'
import { verifyOwnerAddress } from './verifyOwnerAddress.ts'
import { verifySettlement } from './verifySettlement.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })

let receipt: Receipt
let payment: ReceiptPayment
beforeAll(async () => {
  receipt = await buildReceipt({ answers: ['Neutral', 'Neutral'], paid: true })
  if (receipt.payment === undefined) throw new Error('the receipt is paid')
  payment = receipt.payment
})

describe('verifySettlement', () => {
  it('takes a commit that both keys signed, and a receipt that is not paid yet', async () => {
    await verifySettlement(receipt, trust)
    const { payment: _payment, ...unpaid } = receipt
    await verifySettlement(unpaid, trust)
  })

  it('wants each of the two signatures from its own key', async () => {
    const { coordinator_signature, auditor_signature } = payment.commit
    for (const commit of [
      { ...payment.commit, coordinator_signature: auditor_signature },
      { ...payment.commit, auditor_signature: coordinator_signature },
    ]) {
      await expect(verifySettlement({ ...receipt, payment: { ...payment, commit } }, trust)).rejects.toThrow(
        code('SIGNATURE_INVALID'),
      )
    }
    const other = signerOf('another auditor').publicKey
    await expect(verifySettlement(receipt, { ...trust, auditorKey: other })).rejects.toThrow(code('SIGNATURE_INVALID'))
  })

  it('does not take one key’s word for a commit of its own', async () => {
    const { coordinator_signature: _c, auditor_signature: _a, ...fields } = payment.commit
    const commit = { ...fields, total_nano: '1' }
    const cell = commitCellOf({ ...commit, epoch: payment.epoch, tasks_root: payment.tasks_root }, trust)
    const signature = await coordinator.sign(cell.hash())
    const forged = { ...commit, coordinator_signature: signature, auditor_signature: signature }
    await expect(verifySettlement({ ...receipt, payment: { ...payment, commit: forged } }, trust)).rejects.toThrow(
      expect.objectContaining({
        code: 'SIGNATURE_INVALID',
        details: expect.objectContaining({ path: 'payment.commit.auditor_signature' }),
      }),
    )
  })

  it('refuses figures that no commit can hold with an error of its own', async () => {
    await expect(verifySettlement({ ...receipt, payment: { ...payment, epoch: 2 ** 40 } }, trust)).rejects.toThrow(
      code('DOCUMENT_MALFORMED'),
    )
  })

  it('refuses a certificate whose owner is not the wallet of the key that signed', async () => {
    const device = signerOf('a device')
    const { certificate } = (await certifiedDevice('a device')).certificate
    const thief = await signCertificate({ certificate, owner: signerOf('a thief'), wallet: 'v5r1', device })
    const [seat, ...others] = receipt.seats
    if (seat === undefined) throw new Error('the receipt has seats')
    await expect(
      verifySettlement({ ...receipt, seats: [{ ...seat, certificate: thief }, ...others] }, trust),
    ).rejects.toThrow(code('CERTIFICATE_INVALID'))
  })
})

describe('verifyOwnerAddress', () => {
  it.each(['v5r1', 'v4r2'] as const)('knows the address of a %s wallet, and no other wallet’s', async (wallet) => {
    const { certificate } = await certifiedDevice('a device', wallet)
    verifyOwnerAddress(certificate)
    const other = wallet === 'v5r1' ? 'v4r2' : 'v5r1'
    const owner_signature = { ...certificate.owner_signature, wallet: other } as const
    expect(() => verifyOwnerAddress({ ...certificate, owner_signature })).toThrow(code('CERTIFICATE_INVALID'))
  })

  it('tells the networks of a v5r1 wallet apart', async () => {
    const { certificate } = await certifiedDevice('a device')
    const moved = { ...certificate.certificate, network: -239 }
    expect(() => verifyOwnerAddress({ ...certificate, certificate: moved })).toThrow(code('CERTIFICATE_INVALID'))
  })
})
