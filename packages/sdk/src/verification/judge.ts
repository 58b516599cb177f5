/** One attested answer of a device. */
export type Answer = {
  attempt: number
  /** 32 bytes, lower-case hex. */
  resultHash: string
  /** The result itself, where the caller has it; canonical results agree by hash alone. */
  result?: readonly unknown[]
}

/** Who speaks in a comparison: an execution has an attempt, a known answer has none. */
export type Voice = Omit<Answer, 'attempt'> & { attempt?: number }

export type JudgeInput = {
  method: 'reference' | 'majority'
  /** Answers that `majority` judges from. */
  redundancy: number
  /** Devices that `majority` may ask in all. */
  maxDevices: number
  /** Share of the answers that a group needs; protocol §5 says 66 %. */
  quorum?: number
  answers: readonly Answer[]
  /** The requester's own answer: one voice for `reference`, unpaid. */
  knownAnswer?: Omit<Answer, 'attempt'>
  /** Whether two results count as equal. */
  agree: (a: Voice, b: Voice) => boolean
}

export type Judgement =
  | { outcome: 'accepted'; agreeing: number[]; losing: number[]; resultHash: string }
  | { outcome: 'undecided'; seatsWanted: number }
  | { outcome: 'failed'; code: 'TASK_NO_AGREEMENT' }

const QUORUM = 0.66
/** Executions after which `reference` gives up when no two agree: answer, check, referee. */
const REFERENCE_EXECUTIONS = 3

type Group = { centre: Answer; members: Answer[] }

/** All answers that agree with one centre; the largest such group, ties to the lowest hash. */
const largestGroup = ({ answers, agree }: Pick<JudgeInput, 'answers' | 'agree'>): Group | undefined =>
  answers
    .map((centre) => ({ centre, members: answers.filter((answer) => answer === centre || agree(centre, answer)) }))
    .toSorted(
      (a, b) =>
        b.members.length - a.members.length ||
        (a.centre.resultHash < b.centre.resultHash ? -1 : Number(a.centre.resultHash > b.centre.resultHash)) ||
        a.centre.attempt - b.centre.attempt,
    )
    .at(0)

const accept = (group: Group, answers: readonly Answer[]): Judgement => {
  const agreeing = group.members.map(({ attempt }) => attempt)
  return {
    outcome: 'accepted',
    agreeing,
    losing: answers.map(({ attempt }) => attempt).filter((attempt) => !agreeing.includes(attempt)),
    resultHash: group.centre.resultHash,
  }
}

/**
 * `reference`: accepted as soon as two voices agree. A known answer is one of them, so a device that reproduces it
 * is accepted at once; and one that two devices contradict is overruled, because what an independent execution
 * reproduces is paid, whatever the requester says of it.
 */
const judgeReference = (input: JudgeInput): Judgement => {
  const { answers, knownAnswer, agree } = input
  const asKnown = knownAnswer === undefined ? [] : answers.filter((answer) => agree(knownAnswer, answer))
  const [first] = asKnown
  if (first !== undefined) return accept({ centre: first, members: asKnown }, answers)
  const group = largestGroup(input)
  if (group !== undefined && group.members.length >= 2) return accept(group, answers)
  if (answers.length >= REFERENCE_EXECUTIONS) return { outcome: 'failed', code: 'TASK_NO_AGREEMENT' }
  const voices = answers.length + (knownAnswer === undefined ? 0 : 1)
  return { outcome: 'undecided', seatsWanted: Math.max(1, 2 - voices) }
}

/**
 * `majority`: judged from `redundancy` answers on, accepted when the largest group holds the quorum of the answers;
 * else one seat more at a time, until the quorum of `maxDevices` is out of reach.
 */
const judgeMajority = (input: JudgeInput): Judgement => {
  const { answers, redundancy, maxDevices, quorum = QUORUM } = input
  if (answers.length < redundancy) return { outcome: 'undecided', seatsWanted: redundancy - answers.length }
  const group = largestGroup(input)
  const size = group?.members.length ?? 0
  if (group !== undefined && size >= quorum * answers.length) return accept(group, answers)
  const reachable = size + (maxDevices - answers.length)
  if (answers.length >= maxDevices || reachable < quorum * maxDevices) {
    return { outcome: 'failed', code: 'TASK_NO_AGREEMENT' }
  }
  return { outcome: 'undecided', seatsWanted: 1 }
}

/**
 * Judges the attested answers of a task (protocol §5). Pure: coordinator, auditor and receipts share it.
 *
 * @example
 * judge({
 *   method: 'reference', redundancy: 3, maxDevices: 6, agree: (a, b) => a.resultHash === b.resultHash,
 *   answers: [{ attempt: 1, resultHash: 'aa' }, { attempt: 2, resultHash: 'aa' }],
 * }) // { outcome: 'accepted', agreeing: [1, 2], losing: [], resultHash: 'aa' }
 */
export const judge = (input: JudgeInput): Judgement =>
  input.method === 'reference' ? judgeReference(input) : judgeMajority(input)
