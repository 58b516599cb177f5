import { descriptorDocument, type KnownAnswer, referenceCommitmentOf, type TaskDescriptor } from '@gstd/sdk'
import { hashOf, origin, requester, sessionKey } from './parties.ts'

export type TaskPlan = {
  /** Decides id and input. */
  name: string
  validation?: 'reference' | 'majority'
  knownAnswer?: readonly unknown[]
  deadlineMs?: number
  /** Raw address. */
  from?: string
}

/** @returns the same task id for the same name. */
const taskIdOf = (name: string): string => {
  const hex = hashOf(`task ${name}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Writes a descriptor as a requester would, and the known answer that goes beside it. */
export const describeTask = (
  { name, validation = 'reference', knownAnswer: value, deadlineMs, from = requester }: TaskPlan,
  createdMs: number,
): { descriptor: TaskDescriptor; knownAnswer: KnownAnswer | undefined } => {
  const knownAnswer = value && { value: [...value], salt: hashOf(`salt of ${name}`) }
  return {
    knownAnswer,
    descriptor: descriptorDocument.parse({
      version: 1,
      ...origin,
      task_id: taskIdOf(name),
      task_type: 'inference',
      operation: 'image-moderation',
      model: 'nsfw-mobilenet-v2',
      input: { source: 'inline', hash: `sha256:${hashOf(`input of ${name}`)}` },
      params: {},
      constraints: { time_limit_sec: 2, max_energy_mwh: 20 },
      reward: { amount_ton: '0.01' },
      validation,
      ...(validation === 'majority' && { redundancy: 3, max_devices: 5 }),
      reference_commitment: knownAnswer === undefined ? hashOf(`nothing ${name}`) : referenceCommitmentOf(knownAnswer),
      ...(deadlineMs !== undefined && { deadline: deadlineMs }),
      requester: { address: from, public_key: sessionKey.publicKey },
      nonce: hashOf(`nonce ${name}`).slice(0, 32),
      created_at: createdMs,
    }),
  }
}
