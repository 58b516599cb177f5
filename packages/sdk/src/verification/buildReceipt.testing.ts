import { toBase64 } from '../canonical/base64.ts'
import { toHex } from '../canonical/hex.ts'
import { sha256 } from '../crypto/sha256.ts'
import { inclusionOf } from '../documents/batch.ts'
import { maxDevicesOf, redundancyOf } from '../documents/checkLimits.ts'
import { resultHashOf } from '../documents/commitment.ts'
import { descriptorDocument, type InputItem, inputItems, type TaskDescriptor } from '../documents/descriptor.ts'
import { parametersDocument } from '../documents/parameters.ts'
import { proofDocument } from '../documents/proof.ts'
import type { Receipt, ReceiptPayment, ReceiptSeat } from '../documents/receipt.ts'
import { type KnownAnswer, referenceCommitmentOf } from '../documents/referenceCommitment.ts'
import { commitCellOf, payoutBatchesOf } from '../contracts/settlementBodies.ts'
import type { VerdictSeat } from '../log/entries.ts'
import { type LogEntry, logEntryHash } from '../log/logEntry.ts'
import { signHead } from '../log/logHead.ts'
import { taskLeafHash } from '../log/taskLeaf.ts'
import { createLogTree } from '../merkle/logTree.ts'
import { buildMerkleTree } from '../merkle/merkleTree.ts'
import { settleEpoch } from '../settlement/settleEpoch.ts'
import { agreeBy } from './agreeBy.ts'
import { countedFigures } from './countedFigures.ts'
import { type Judgement, judge } from './judge.ts'
import { manifestOf } from './orderTerms.ts'
import {
  auditor,
  certifiedDevice,
  coordinator,
  hashOf,
  origin,
  parameters,
  requester,
  startMs,
} from './receiptParties.testing.ts'
import { executeSeat, signAmongOthers } from './receiptSeat.testing.ts'
import { seatReward } from './seatReward.ts'
import type { Verdict } from './verifyVerdict.ts'

/** What a device answered for one item. */
const outputOf = (label: string) => ({
  label,
  scores: { Drawing: 0.01, Hentai: 0.01, Neutral: 0.01, Porn: 0.01, Sexy: 0.01, [label]: 0.875 },
})

export type ReceiptPlan = {
  validation?: 'reference' | 'majority'
  /** One answer per device, by attempt; equal names are equal results. */
  answers: readonly string[]
  knownAnswer?: readonly unknown[]
  itemCount?: number
  paid?: boolean
  /** Why the coordinator gave up on an undecided task. */
  failure?: string
}

/** One item is an object, several are a list: descriptors take both. Half of them travel inline. */
const inputsOf = (itemCount: number): TaskDescriptor['input'] => {
  const items = Array.from({ length: itemCount }, (_, index): InputItem => {
    const bytes = Uint8Array.from({ length: 40 + index }, (_unused, at) => (at * 7 + index) % 256)
    const hash = `sha256:${toHex(sha256(bytes))}`
    return index % 2 === 0
      ? { source: 'inline', hash, data: toBase64(bytes) }
      : { source: 'http', hash, uri: `https://files.example/${index}.png` }
  })
  const [first] = items
  return items.length === 1 && first !== undefined ? first : items
}

const describeTask = (plan: ReceiptPlan, knownAnswer: KnownAnswer | undefined): TaskDescriptor =>
  descriptorDocument.parse({
    version: 1,
    ...origin,
    task_id: '00000000-0000-4000-8000-000000000001',
    task_type: 'inference',
    operation: 'image-moderation',
    model: 'nsfw-mobilenet-v2',
    input: inputsOf(plan.itemCount ?? 1),
    params: {},
    constraints: { time_limit_sec: 2.5, max_energy_mwh: 20 },
    reward: { amount_ton: '0.01' },
    validation: plan.validation ?? 'reference',
    ...(plan.validation === 'majority' && { redundancy: 3, max_devices: 5 }),
    reference_commitment: knownAnswer === undefined ? hashOf('nothing') : referenceCommitmentOf(knownAnswer),
    deadline: startMs + 600_000,
    requester: { address: `0:${'22'.repeat(32)}`, public_key: requester.publicKey },
    nonce: '0123456789abcdef0123456789abcdef',
    created_at: startMs,
  })

const judgeSeats = (descriptor: TaskDescriptor, seats: readonly ReceiptSeat[], plan: ReceiptPlan): Judgement => {
  const results = plan.answers.map((label) => resultOf(label, inputItems(descriptor).length))
  return judge({
    method: plan.validation ?? 'reference',
    redundancy: redundancyOf(descriptor),
    maxDevices: maxDevicesOf(descriptor),
    answers: seats.map(({ order, proof }, index) => ({
      attempt: order.attempt,
      resultHash: proof.result_hash,
      result: results[index] ?? [],
    })),
    ...(plan.knownAnswer !== undefined && {
      knownAnswer: { resultHash: resultHashOf(plan.knownAnswer), result: plan.knownAnswer },
    }),
    agree: agreeBy(descriptor.operation),
  })
}

const resultOf = (label: string, itemCount: number): unknown[] =>
  Array.from({ length: itemCount }, () => outputOf(label))

const judgedSeat = (seat: ReceiptSeat, descriptor: TaskDescriptor, agreed: boolean): VerdictSeat => {
  const { attempt } = seat.order
  const items = inputItems(descriptor).length
  const figures = countedFigures(seat.proof, 300 + 50 * attempt, manifestOf(descriptor, parameters.models), items)
  const reputation = 0.5 + attempt / 1000
  return {
    attempt,
    device_id: seat.order.device_id,
    agreed,
    proof_hash: proofDocument.id(seat.proof),
    result_hash: seat.proof.result_hash,
    observed_ms: figures.observedMs,
    counted_energy_mwh: figures.energyMwh,
    energy_attested: figures.energyAttested,
    device_reputation: reputation,
    reward_nano: (agreed ? seatReward(descriptor, figures, reputation, parameters.rates) : 0n).toString(),
  }
}

const writeVerdict = (descriptor: TaskDescriptor, seats: readonly ReceiptSeat[], plan: ReceiptPlan): Verdict => {
  const judgement = judgeSeats(descriptor, seats, plan)
  const agreeing = judgement.outcome === 'accepted' ? judgement.agreeing : []
  const judged = seats.map((seat) => judgedSeat(seat, descriptor, agreeing.includes(seat.order.attempt)))
  const tariff = judgement.outcome === 'accepted' ? BigInt(parameters.tariff_nano) : 0n
  const charged = judged.reduce((sum, seat) => sum + BigInt(seat.reward_nano), tariff)
  return {
    task_id: descriptor.task_id,
    descriptor_hash: descriptorDocument.id(descriptor),
    outcome: judgement.outcome === 'accepted' ? 'accepted' : 'failed',
    ...(judgement.outcome === 'accepted'
      ? { result_hash: judgement.resultHash }
      : { reason: judgement.outcome === 'failed' ? judgement.code : (plan.failure ?? 'TASK_EXPIRED') }),
    seats: judged,
    tariff_nano: tariff.toString(),
    charged_nano: charged.toString(),
    parameters_hash: parametersDocument.id(parameters),
  }
}

/** Puts a verdict into a log between other entries, under a head that the auditor signs. */
export const logVerdict = async (body: Verdict): Promise<Pick<Receipt, 'verdict' | 'verdict_path' | 'head'>> => {
  const tree = createLogTree()
  const entries: LogEntry[] = [
    { index: 0, at: startMs, kind: 'executed', body: { epoch: 1 } },
    { index: 1, at: startMs + 1, kind: 'cancelled', body: { task_id: '00000000-0000-4000-8000-00000000000a' } },
    { index: 2, at: startMs + 9000, kind: 'verdict', body },
    { index: 3, at: startMs + 9001, kind: 'executed', body: { epoch: 2 } },
    { index: 4, at: startMs + 9002, kind: 'executed', body: { epoch: 3 } },
  ]
  for (const entry of entries) tree.append(logEntryHash(entry, origin))
  return {
    verdict: { index: 2, at: startMs + 9000, kind: 'verdict', body },
    verdict_path: tree.path(2).map(toHex),
    head: await signHead(
      {
        version: 1,
        ...origin,
        size: tree.size,
        root: toHex(tree.root()),
        drawn: [hashOf('drawn proof')],
        timestamp: startMs + 9500,
      },
      auditor,
    ),
  }
}

/** Pays a verdict in an epoch of three tasks, signed by both keys. */
const payVerdict = async (verdict: Verdict, seats: readonly ReceiptSeat[]): Promise<ReceiptPayment> => {
  const payoutAddress = (attempt: number) =>
    seats.find(({ order }) => order.attempt === attempt)?.certificate.certificate.payout_address ?? ''
  const beside = (digit: string) => ({ ...verdict, task_id: verdict.task_id.replace(/1$/, digit) })
  const { leaves, tasks, tasksRoot, payouts, totalNano, owedAfterNano } = settleEpoch({
    tasks: [beside('2'), verdict, beside('3')].map((body) => ({ verdict: body, payoutAddress })),
    owedBefore: [],
    minimumPayoutNano: 1n,
    operatorAddress: parameters.operator_address,
  })
  const tree = buildMerkleTree(leaves.map(taskLeafHash))
  const commit = {
    head: payoutBatchesOf({ payouts }).head,
    total_nano: totalNano.toString(),
    owed_after_nano: owedAfterNano.toString(),
    tasks,
    reputation_root: hashOf('reputations'),
    log_root: hashOf('log'),
    valid_until_sec: startMs / 1000 + 600,
  }
  const cell = commitCellOf({ ...commit, epoch: 7, tasks_root: tasksRoot }, origin)
  return {
    epoch: 7,
    leaves: leaves.flatMap((leaf, index) =>
      leaf.task_id === verdict.task_id
        ? [
            {
              device_id: leaf.device_id,
              attempt: leaf.attempt,
              amount_nano: leaf.amount_nano,
              inclusion: inclusionOf(tree, index),
            },
          ]
        : [],
    ),
    tasks_root: tasksRoot,
    leaf_count: leaves.length,
    commit: {
      ...commit,
      coordinator_signature: await coordinator.sign(cell.hash()),
      auditor_signature: await auditor.sign(cell.hash()),
    },
  }
}

/** Makes a receipt with real keys and signatures: every document is what its signer would sign. */
export const buildReceipt = async (plan: ReceiptPlan): Promise<Receipt> => {
  const knownAnswer = plan.knownAnswer && { value: [...plan.knownAnswer], salt: hashOf('salt') }
  const descriptor = describeTask(plan, knownAnswer)
  const itemCount = inputItems(descriptor).length
  const seats: ReceiptSeat[] = []
  for (const [index, label] of plan.answers.entries()) {
    const device = await certifiedDevice(`device ${index}`, index === 1 ? 'v4r2' : 'v5r1')
    const resultHash = resultHashOf(resultOf(label, itemCount))
    seats.push(await executeSeat(descriptor, { device, attempt: index + 1, resultHash }))
  }
  const verdict = writeVerdict(descriptor, seats, plan)
  const submitted = await signAmongOthers(
    'descriptor',
    requester,
    coordinator.publicKey,
    descriptorDocument.hash(descriptor),
  )
  const winner = verdict.seats.find(({ agreed }) => agreed)
  return {
    version: 1,
    ...origin,
    descriptor,
    descriptor_batch: submitted.batch,
    descriptor_inclusion: submitted.inclusion,
    ...(knownAnswer !== undefined && { known_answer: knownAnswer }),
    ...(winner !== undefined && { result: resultOf(plan.answers[winner.attempt - 1] ?? '', itemCount) }),
    seats,
    ...(await logVerdict(verdict)),
    parameters,
    ...(plan.paid === true && { payment: await payVerdict(verdict, seats) }),
  }
}
