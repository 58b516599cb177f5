import { z } from 'zod'
import { fromBase64 } from '../canonical/base64.ts'
import { fromHex, toHex } from '../canonical/hex.ts'
import { sha256 } from '../crypto/sha256.ts'
import { verifyBatch, verifyInclusion } from '../documents/batch.ts'
import { resultHashOf } from '../documents/commitment.ts'
import { descriptorDocument, inputItems } from '../documents/descriptor.ts'
import { globalId, hex32, type Origin, rawAddress } from '../documents/fields.ts'
import { type Receipt, receiptDocument, type ReceiptPayment } from '../documents/receipt.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { GstdError } from '../errors/GstdError.ts'
import { toGstdError } from '../errors/toGstdError.ts'
import { type LogEntry, logEntryHash, parseLogEntry } from '../log/logEntry.ts'
import { verifyHead } from '../log/logHead.ts'
import { taskLeafHash } from '../log/taskLeaf.ts'
import { merkleRootFrom } from '../merkle/merkleTree.ts'
import { leavesOf } from '../settlement/leavesOf.ts'
import { verifySeat } from './verifySeat.ts'
import { type Verdict, verifyVerdict } from './verifyVerdict.ts'

/** What a receipt is checked against: the network's public data, from its file rather than from the receipt. */
export type ReceiptTrust = Origin & {
  /** Ed25519 public keys, lower-case hex. */
  coordinatorKey: string
  auditorKey: string
}

/** The caller's own settings: further fields, such as the rest of a network's file, do no harm. */
const trustSchema = z.object({ network: globalId, vault: rawAddress, coordinatorKey: hex32, auditorKey: hex32 })

/** What a receipt proves. */
export type VerifiedReceipt = {
  taskId: string
  outcome: Verdict['outcome']
  resultHash: string | undefined
  chargedNano: bigint
  /** Rewards of the agreeing executions. */
  rewards: { deviceId: string; attempt: number; amountNano: bigint }[]
  /** The epoch whose payment the receipt shows; undefined before that. */
  paidInEpoch: number | undefined
}

const invalid = (path: string, message: string): GstdError =>
  new GstdError('RECEIPT_INVALID', message, { details: { path } })

const checkTrust = (receipt: Receipt, trust: ReceiptTrust): void => {
  const { parameters } = receipt
  const wrong = (
    [
      ['network', receipt.network, trust.network],
      ['vault', receipt.vault, trust.vault],
      ['descriptor.network', receipt.descriptor.network, trust.network],
      ['descriptor.vault', receipt.descriptor.vault, trust.vault],
      ['parameters.network', parameters.network, trust.network],
      ['parameters.vault', parameters.vault, trust.vault],
      ['parameters.coordinator_key', parameters.coordinator_key, trust.coordinatorKey],
      ['parameters.auditor_key', parameters.auditor_key, trust.auditorKey],
    ] as const
  ).find(([, actual, expected]) => actual !== expected)
  if (wrong !== undefined) throw invalid(wrong[0], `the receipt’s ${wrong[0]} is not the trusted one`)
}

/** The requester's signature over the descriptor. */
const checkDescriptor = async (receipt: Receipt, trust: ReceiptTrust): Promise<void> => {
  const { descriptor, descriptor_batch: batch } = receipt
  await verifyBatch(batch, {
    kind: 'descriptor',
    origin: { network: trust.network, vault: trust.vault },
    signer: descriptor.requester.public_key,
    recipient: trust.coordinatorKey,
  })
  verifyInclusion(batch.header, descriptorDocument.hash(descriptor), receipt.descriptor_inclusion)
  for (const [index, item] of inputItems(descriptor).entries()) {
    if (item.source !== 'inline' || item.data === undefined) continue
    // The signature covers the hash alone, so bytes that came along are checked by it.
    if (`sha256:${toHex(sha256(fromBase64(item.data)))}` === item.hash) continue
    throw new GstdError('INPUT_HASH_MISMATCH', `the bytes of input ${index} do not have its hash`, {
      details: { path: `descriptor.input.${index}.data` },
    })
  }
}

/** The log entry that holds the verdict, with the executions in its order. */
const readVerdict = (receipt: Receipt): LogEntry & { kind: 'verdict' } => {
  let entry: LogEntry
  try {
    entry = parseLogEntry(receipt.verdict)
  } catch (thrown) {
    throw invalid('verdict', toGstdError(thrown).message)
  }
  if (entry.kind !== 'verdict') throw invalid('verdict.kind', 'the receipt’s log entry is no verdict')
  const at = entry.body.seats.findIndex(({ attempt }, index) => receipt.seats[index]?.order.attempt !== attempt)
  if (at >= 0) throw invalid(`seats.${at}`, 'the executions do not stand in the verdict’s order')
  return entry
}

/** The verdict's place under the root that the auditor signed. */
const checkLogged = async (receipt: Receipt, entry: LogEntry, trust: ReceiptTrust): Promise<void> => {
  const { head } = receipt.head
  if (head.network !== trust.network || head.vault !== trust.vault) throw invalid('head', 'the head is another log’s')
  await verifyHead(receipt.head, trust.auditorKey)
  const position = { index: entry.index, count: head.size, path: receipt.verdict_path.map(fromHex) }
  const root = merkleRootFrom(logEntryHash(entry, trust), position)
  if (root === undefined || toHex(root) !== head.root) {
    throw new GstdError('MERKLE_PROOF_INVALID', 'the verdict does not stand under the auditor’s head', {
      details: { index: entry.index, size: head.size },
    })
  }
}

const checkResult = (receipt: Receipt, verdict: Verdict): void => {
  if (receipt.result === undefined) return
  if (resultHashOf(receipt.result) !== verdict.result_hash) {
    throw invalid('result', 'the result is not the one that the verdict accepted')
  }
}

/** The accepted result, for every execution that has its hash. */
const acceptedResults = ({ result, seats }: Receipt, verdict: Verdict) =>
  new Map(
    seats
      .filter(({ proof }) => result !== undefined && proof.result_hash === verdict.result_hash)
      .map(({ order }) => [order.attempt, result ?? []]),
  )

/** Every reward of the verdict, and nothing else, as a leaf under the epoch's root. */
const checkLeaves = (payment: ReceiptPayment, verdict: Verdict): void => {
  const leaves = leavesOf(verdict)
  if (payment.leaves.length !== leaves.length)
    throw invalid('payment.leaves', 'the payment has other leaves than the verdict')
  for (const [at, leaf] of leaves.entries()) {
    const paid = payment.leaves[at]
    const same =
      paid?.attempt === leaf.attempt && paid.device_id === leaf.device_id && paid.amount_nano === leaf.amount_nano
    if (!same) throw invalid(`payment.leaves.${at}`, 'a paid leaf is not the verdict’s')
    const { index, path } = paid.inclusion
    const root = merkleRootFrom(taskLeafHash(leaf), { index, count: payment.leaf_count, path: path.map(fromHex) })
    if (root === undefined || toHex(root) !== payment.tasks_root) {
      throw new GstdError('MERKLE_PROOF_INVALID', 'a leaf does not stand under the epoch’s tasks root', {
        details: { path: `payment.leaves.${at}` },
      })
    }
  }
}

/**
 * Checks a receipt by itself: the requester's signature, every execution, the verdict and its rewards, the verdict's
 * place in the log under the auditor's head, and the leaves that pay it. Asks nobody.
 *
 * What takes a TON library is left to `verifySettlement` of `@gstd/sdk/contracts`: that owners' keys belong to their
 * wallets, and both keys' signatures over the commit's cell.
 *
 * @param received - as `client.receipt` returns it or `JSON.parse` reads it: its shape is checked, too
 * @throws GstdError `CONFIG_INVALID` for `trusted`; `RECEIPT_INVALID`, `VERDICT_INVALID`, `PROOF_INVALID`, `ORDER_INVALID`, `CERTIFICATE_INVALID`,
 * `COMMITMENT_MISMATCH`, `REFERENCE_INVALID`, `INPUT_HASH_MISMATCH`, `MODEL_UNKNOWN`, `SIGNATURE_INVALID`,
 * `MERKLE_PROOF_INVALID`, `NETWORK_MISMATCH`: the first link that breaks
 * @example
 * const receipt = await client.receipt(taskId)
 * const { outcome, rewards } = await verifyReceipt(receipt, { network, vault, coordinatorKey, auditorKey })
 */
export const verifyReceipt = async (received: Receipt, trusted: ReceiptTrust): Promise<VerifiedReceipt> => {
  const receipt = receiptDocument.parse(received)
  const trust = parseWith(trustSchema, trusted, 'CONFIG_INVALID', 'what the receipt is checked against')
  checkTrust(receipt, trust)
  await checkDescriptor(receipt, trust)
  for (const seat of receipt.seats) await verifySeat(seat, receipt.descriptor, receipt.parameters)
  const entry = readVerdict(receipt)
  const verdict = entry.body
  verifyVerdict(verdict, {
    descriptor: receipt.descriptor,
    seats: receipt.seats,
    parameters: receipt.parameters,
    knownAnswer: receipt.known_answer,
    results: acceptedResults(receipt, verdict),
  })
  await checkLogged(receipt, entry, trust)
  checkResult(receipt, verdict)
  const { payment } = receipt
  if (payment !== undefined) checkLeaves(payment, verdict)
  const leaves = leavesOf(verdict)
  return {
    taskId: verdict.task_id,
    outcome: verdict.outcome,
    resultHash: verdict.result_hash,
    chargedNano: BigInt(verdict.charged_nano),
    rewards: leaves.map(({ device_id, attempt, amount_nano }) => ({
      deviceId: device_id,
      attempt,
      amountNano: BigInt(amount_nano),
    })),
    // An epoch shows nothing of a task that has no leaf in it.
    paidInEpoch: leaves.length === 0 ? undefined : payment?.epoch,
  }
}
