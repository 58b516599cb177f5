import { beforeAll, describe, expect, it } from 'vitest'
import { resultHashOf } from '../documents/commitment.ts'
import type { TaskDescriptor } from '../documents/descriptor.ts'
import { type Proof, proofDocument } from '../documents/proof.ts'
import type { ReceiptSeat } from '../documents/receipt.ts'
import type { WorkOrder } from '../documents/workOrder.ts'
import { alterationsOf } from './alterations.testing.ts'
import { buildReceipt } from './buildReceipt.testing.ts'
import { checkProof } from './checkProof.ts'
import { certifiedDevice, parameters, startMs, type TestDevice } from './receiptParties.testing.ts'
import { executeSeat, type SeatPlan } from './receiptSeat.testing.ts'
import { verifySeat } from './verifySeat.ts'

const code = (expected: string, path?: string) =>
  expect.objectContaining({
    code: expected,
    ...(path !== undefined && { details: expect.objectContaining({ path }) }),
  })

let descriptor: TaskDescriptor
let device: TestDevice
beforeAll(async () => {
  descriptor = (await buildReceipt({ answers: [], itemCount: 2 })).descriptor
  device = await certifiedDevice('some device')
})

const execute = (forge: SeatPlan['forge'] = {}): Promise<ReceiptSeat> =>
  executeSeat(descriptor, { device, attempt: 2, resultHash: resultHashOf(['r']), forge })
const verify = (seat: ReceiptSeat): Promise<void> => verifySeat(seat, descriptor, parameters)

/** What its order and result decide of a proof. */
const decided: Partial<Proof> = {
  network: -239,
  vault: `0:${'99'.repeat(32)}`,
  task_id: '00000000-0000-4000-8000-0000000000ff',
  device_id: 'ee'.repeat(16),
  attempt: 3,
  order_hash: 'ee'.repeat(32),
  nonce: 'ee'.repeat(16),
  model_hash: 'ee'.repeat(32),
  numeric_class: 'onnxruntime-node@1.30.0/avx2/4',
  timestamp: startMs,
}

/** What the device alone can know; its signature is all there is to it, and the coordinator bounds what it earns. */
const selfReported: Partial<Proof> = {
  execution_time_ms: 1,
  energy_consumed_mwh: 0,
  energy_method: 'rapl',
  energy_uncertainty: 0.01,
}

describe('a proof', () => {
  it('has no field that is neither decided, nor reported, nor the result', async () => {
    const { proof } = await execute()
    const known = ['version', 'result_hash', ...Object.keys(decided), ...Object.keys(selfReported)]
    expect(Object.keys(proof).toSorted()).toEqual(known.toSorted())
  })

  it.each(Object.entries(decided))('signed with another %s is refused by name', async (field, value) => {
    const seat = await execute({ proof: { [field]: value } })
    expect(() => checkProof(seat.proof, seat.order, seat.proof.result_hash)).toThrow(code('PROOF_INVALID', field))
    await expect(verify(seat)).rejects.toThrow(code('PROOF_INVALID', field))
  })

  it('is of the result that was revealed', async () => {
    const { proof, order } = await execute()
    expect(() => checkProof(proof, order, resultHashOf(['other']))).toThrow(code('PROOF_INVALID', 'result_hash'))
  })

  it.each(Object.entries(selfReported))('signed with its own %s stands', async (field, value) => {
    await verify(await execute({ proof: { [field]: value } }))
  })

  it('altered after it was signed is refused, whichever field it is', async () => {
    const seat = await execute()
    await verify(seat)
    const refusal = expect.objectContaining({
      code: expect.stringMatching(/^(PROOF_INVALID|MERKLE_PROOF_INVALID|COMMITMENT_MISMATCH)$/),
    })
    const parseAndVerify = async (value: unknown) => verify({ ...seat, proof: proofDocument.parse(value) })
    for (const { value } of alterationsOf(seat.proof)) await expect(parseAndVerify(value)).rejects.toThrow(refusal)
  })
})

describe('an order', () => {
  const altered: Partial<WorkOrder> = {
    network: -239,
    vault: `0:${'99'.repeat(32)}`,
    task_id: '00000000-0000-4000-8000-0000000000ff',
    descriptor_hash: 'ee'.repeat(32),
    operation: 'ocr',
    model: 'pp-ocrv4-rec',
    model_hash: 'ee'.repeat(32),
    params: { layout: 'line' },
    input: [{ source: 'http', hash: `sha256:${'ee'.repeat(32)}`, uri: 'https://files.example/other.png' }],
    constraints: { time_limit_sec: 5, max_energy_mwh: 20 },
    reward: { amount_ton: '0.02' },
  }

  it.each(Object.entries(altered))('signed with another %s than the descriptor’s is refused', async (field, value) => {
    await expect(verify(await execute({ order: { [field]: value } }))).rejects.toThrow(code('ORDER_INVALID', field))
  })

  it('is for the device of the certificate, while that is valid', async () => {
    const other = await certifiedDevice('another device')
    await expect(verify({ ...(await execute()), certificate: other.certificate })).rejects.toThrow(
      code('CERTIFICATE_INVALID'),
    )
    const late = await execute({ order: { dispatched_at: startMs + 2 * 86_400_000 } })
    await expect(verify(late)).rejects.toThrow(code('CERTIFICATE_INVALID'))
  })

  it('is signed by the coordinator, its proof by the device', async () => {
    const seat = await execute()
    await expect(verify({ ...seat, order_batch: seat.proof_batch })).rejects.toThrow(code('NETWORK_MISMATCH'))
    const { header, signature } = seat.order_batch
    const signer = device.signer.publicKey
    await expect(verify({ ...seat, order_batch: { header: { ...header, signer }, signature } })).rejects.toThrow(
      code('SIGNATURE_INVALID'),
    )
    const foreign = await executeSeat(descriptor, {
      device: { ...device, signer: (await certifiedDevice('another device')).signer },
      attempt: 2,
      resultHash: resultHashOf(['r']),
    })
    await expect(verify(foreign)).rejects.toThrow(code('SIGNATURE_INVALID'))
  })

  it('is answered as it was committed', async () => {
    const seat = await execute()
    await expect(verify({ ...seat, salt: '00'.repeat(32) })).rejects.toThrow(code('COMMITMENT_MISMATCH'))
    await expect(verify({ ...seat, commitment: '00'.repeat(32) })).rejects.toThrow(code('COMMITMENT_MISMATCH'))
  })
})
