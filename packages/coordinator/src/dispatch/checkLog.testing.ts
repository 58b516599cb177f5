import {
  type KnownAnswer,
  type LogBody,
  type LogEntry,
  type NetworkParameters,
  parseLogEntry,
  proofDocument,
  type ReceiptSeat,
  buildMerkleTree,
  fromHex,
  inclusionOf,
  type SignedCertificate,
  verifySeat,
  verifyVerdict,
  deviceIdOf,
  descriptorDocument,
} from '@gstd/sdk'
import { expect } from 'vitest'

type Open = Partial<ReceiptSeat> & { deviceId: string }

/** What a reader of the log alone knows of each execution. */
const readExecutions = () => {
  const certificates = new Map<string, SignedCertificate>()
  const open = new Map<string, Open>()
  const keyOf = (taskId: string, attempt: number) => `${taskId}/${attempt}`
  const at = (taskId: string, attempt: number): Open => {
    const found = open.get(keyOf(taskId, attempt))
    if (found === undefined) throw new Error(`attempt ${attempt} of ${taskId} was never dispatched`)
    return found
  }
  const attest = ({ device_id, batch, proof_hashes }: LogBody<'attestation'>) => {
    const tree = buildMerkleTree(proof_hashes.map(fromHex))
    for (const execution of open.values()) {
      if (execution.deviceId !== device_id || execution.proof === undefined) continue
      const index = proof_hashes.indexOf(proofDocument.id(execution.proof))
      if (index === -1) continue
      execution.proof_batch = batch
      execution.proof_inclusion = inclusionOf(tree, index)
    }
  }
  return {
    keyOf,
    open,
    read: (entry: LogEntry): void => {
      const { kind, body } = entry
      if (kind === 'device') certificates.set(deviceIdOf(body.certificate.certificate.device_key), body.certificate)
      if (kind === 'dispatch') {
        const { order, batch, inclusion } = body
        const certificate = certificates.get(order.device_id)
        expect(open.has(keyOf(order.task_id, order.attempt))).toBe(false)
        open.set(keyOf(order.task_id, order.attempt), {
          deviceId: order.device_id,
          ...(certificate !== undefined && { certificate }),
          order,
          order_batch: batch,
          order_inclusion: inclusion,
        })
      }
      if (kind === 'commitment') at(body.task_id, body.attempt).commitment = body.commitment
      if (kind === 'reveal') Object.assign(at(body.task_id, body.attempt), { salt: body.salt, proof: body.proof })
      if (kind === 'attestation') attest(body)
      if (kind === 'seat_end') open.delete(keyOf(body.task_id, body.attempt))
    },
  }
}

/** Replays a log as an auditor does, and checks every verdict from it and the requesters' known answers. */
export const checkLog = async (
  entries: readonly LogEntry[],
  parameters: NetworkParameters,
  knownAnswers: ReadonlyMap<string, KnownAnswer> = new Map(),
): Promise<{ verdicts: LogBody<'verdict'>[] }> => {
  const { read, open, keyOf } = readExecutions()
  const tasks = new Map<string, LogBody<'task'>>()
  const verdicts: LogBody<'verdict'>[] = []
  const paid = new Set<string>()
  for (const [index, entry] of entries.entries()) {
    expect(parseLogEntry(entry).index).toBe(index)
    read(entry)
    if (entry.kind === 'task') tasks.set(entry.body.descriptor.task_id, entry.body)
    if (entry.kind !== 'verdict') continue
    const verdict = entry.body
    const task = tasks.get(verdict.task_id)
    if (task === undefined) throw new Error(`verdict of ${verdict.task_id}, which was never taken in`)
    expect(verdict.descriptor_hash).toBe(descriptorDocument.id(task.descriptor))
    const seats = verdict.seats.map(
      ({ attempt }) => open.get(keyOf(verdict.task_id, attempt)) as unknown as ReceiptSeat,
    )
    for (const seat of seats) await verifySeat(seat, task.descriptor, parameters)
    const knownAnswer = knownAnswers.get(verdict.task_id)
    expect(task.known_answer).toBe(knownAnswer !== undefined)
    verifyVerdict(verdict, { descriptor: task.descriptor, seats, parameters, knownAnswer })
    expect(BigInt(verdict.charged_nano)).toBeLessThanOrEqual(BigInt(task.reserved_nano))
    for (const seat of verdict.seats.filter(({ agreed }) => agreed)) {
      const key = `${verdict.task_id}/${seat.device_id}/${seat.attempt}`
      expect(paid.has(key)).toBe(false)
      paid.add(key)
    }
    expect(verdicts.some(({ task_id }) => task_id === verdict.task_id)).toBe(false)
    verdicts.push(verdict)
  }
  return { verdicts }
}
