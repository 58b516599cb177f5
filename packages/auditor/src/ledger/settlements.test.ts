import { type LogBody, reputationLeavesOf, reputationRootOf, toHex } from '@gstd/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { vaultState } from '../historyForTests/chainStates.ts'
import { cosign, foldHistory } from '../historyForTests/foldHistory.ts'
import { entryOf, type FullHistory, fullHistory } from '../historyForTests/fullHistory.ts'
import { auditor, otherRequester, requester, signerOf } from '../historyForTests/parties.ts'
import { type Alteration, refusalOf } from '../historyForTests/refusalOf.ts'
import { signCharge, signCommit } from '../historyForTests/settlements.ts'
import { authorise } from '../historyForTests/taskBody.ts'
import { NO_BATCH } from './isBorneOut.ts'

let history: FullHistory
beforeAll(async () => {
  history = await fullHistory()
})

const stranger = signerOf('a stranger')
const plus = (nano: string, more: bigint): string => (BigInt(nano) + more).toString()

type Change<Kind extends 'charge' | 'commit'> = (...args: Parameters<Alteration<Kind>>) => object | Promise<object>

/** What a coordinator that lies would sign. */
const charging =
  (change: Change<'charge'>): Alteration<'charge'> =>
  async (body, log) =>
    signCharge({ ...body, ...(await change(body, log)) })
const committing =
  (change: Change<'commit'>): Alteration<'commit'> =>
  async (body, log) =>
    signCommit({ ...body, ...(await change(body, log)) })

const chargeTable: [string, Alteration<'charge'>, RegExp][] = [
  ['a sum off by one', charging((body) => ({ cumulative_nano: plus(body.cumulative_nano, 1n) })), /cumulative_nano/],
  ['a sum that starts elsewhere', charging(() => ({ previous_charged_nano: '1' })), /cumulative_nano/],
  [
    'a task twice',
    charging((body) => ({ task_ids: [...body.task_ids, ...body.task_ids.slice(1)] })),
    /names a task twice/,
  ],
  [
    'a task that nobody submitted',
    charging(() => ({ task_ids: ['cccccccc-cccc-4ccc-8ccc-cccccccccccc'] })),
    /no valid task has this id/,
  ],
  [
    'a cancelled task',
    charging((_body, { named }) => ({ task_ids: [named.cancelled.descriptor.task_id] })),
    /nothing is due/,
  ],
  ['another root', charging(() => ({ tasks_root: 'ab'.repeat(32) })), /tasks_root/],
  ['its tasks in another order', charging((body) => ({ task_ids: body.task_ids.toReversed() })), /tasks_root/],
  ['another escrow', charging(() => ({ escrow: `0:${'22'.repeat(32)}` })), /the escrow has no valid task/],
  ['another requester', charging(() => ({ requester: `0:${'22'.repeat(32)}` })), /the requester of the escrow/],
  ['another coordinator’s signature', (body) => signCharge(body, stranger), /not signed by the coordinator/],
  [
    'a longer validity than was signed',
    (body) => ({ ...body, valid_until_sec: body.valid_until_sec + 1 }),
    /not signed by the coordinator/,
  ],
  [
    'more than was authorised',
    charging(async () => ({ authorisation: await authorise(requester, 1n) })),
    /over what was authorised/,
  ],
  [
    'an authorisation that was raised',
    charging((body) => ({ authorisation: { ...body.authorisation, max_cumulative_nano: '99999999999' } })),
    /AUTHORISATION_INVALID/,
  ],
  [
    'an authorisation by a key that no task used',
    charging(async () => ({ authorisation: await authorise(requester, 10n ** 10n, stranger) })),
    /a key that no task of the escrow/,
  ],
  [
    'an authorisation of another escrow',
    charging(async () => ({ authorisation: await authorise(`0:${'22'.repeat(32)}`) })),
    /authorisation.escrow/,
  ],
  [
    'an epoch that no cell holds',
    (body) => ({ ...body, epoch: 2 ** 33 }),
    /DOCUMENT_MALFORMED.*does not fit into its cell/,
  ],
]

describe('a charge', () => {
  it.each(chargeTable)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'charge', 0, alter)).toMatch(reason)
  })

  it('for a task whose verdict charges nothing is refused', async () => {
    const alter = charging((_body, { named }) => ({ task_ids: [named.disputed.descriptor.task_id] }))
    expect(await refusalOf(history, 'charge', 1, alter)).toMatch(/nothing is due for the task/)
  })

  it('for a task whose verdict was refused is refused, by the hash of its cell', async () => {
    const { index } = entryOf(history.entries, 'charge')
    const entries = history.entries
      .slice(0, index + 1)
      .map((entry) =>
        entry.index === entryOf(history.entries, 'verdict').index && entry.kind === 'verdict'
          ? { ...entry, body: { ...entry.body, charged_nano: '1' } }
          : entry,
      )
    const { findings } = await foldHistory(entries, history.tasks)
    const { hash } = await cosign(entryOf(history.entries, 'charge'))
    expect(findings).toEqual([
      expect.objectContaining({ kind: 'verdict' }),
      { kind: 'charge', index, hash, reason: expect.stringMatching(/nothing is due for the task/) },
    ])
  })

  it('that is logged again is refused as an entry: the cell itself was fine', async () => {
    const charge = entryOf(history.entries, 'charge')
    const again = { ...charge, index: charge.index + 1 }
    const { findings } = await foldHistory([...history.entries.slice(0, charge.index + 1), again], history.tasks)
    const { hash } = await cosign(charge)
    expect(findings).toEqual([expect.objectContaining({ reason: expect.stringMatching(/was logged before/) })])
    expect(findings[0]?.hash).not.toBe(hash)
  })
})

type Published = Pick<LogBody<'commit'>, 'reputations' | 'requesters'>

/** A commit that publishes otherwise, under the root of what it publishes. */
const publishing = (change: (published: Published) => Partial<Published>): Alteration<'commit'> =>
  committing((body) => {
    const published = { reputations: body.reputations, requesters: body.requesters, ...change(body) }
    return { ...published, reputation_root: reputationRootOf(reputationLeavesOf(published)) }
  })

const raise = <Leaf extends { reputation: number }>(leaves: readonly Leaf[]): Leaf[] =>
  leaves.map((leaf, at) => (at === 0 ? { ...leaf, reputation: Math.round(leaf.reputation * 1e6 + 1) / 1e6 } : leaf))

const commitTable: [string, Alteration<'commit'>, RegExp][] = [
  ['another coordinator’s signature', (body) => signCommit(body, stranger), /not signed by the coordinator/],
  ['another head than its batches’', committing(() => ({ head: 'ab'.repeat(32) })), /head is not what/],
  ['a total off by one', committing((body) => ({ total_nano: plus(body.total_nano, 1n) })), /total_nano/],
  ['a debt off by one', committing((body) => ({ owed_after_nano: plus(body.owed_after_nano, 1n) })), /owed_after_nano/],
  [
    'a payout to somebody else',
    committing((body) => ({
      payouts: body.payouts.map((payout, at) => (at === 0 ? { ...payout, address: `0:${'22'.repeat(32)}` } : payout)),
    })),
    /head is not what/,
  ],
  [
    'a device’s reputation off by one step',
    publishing(({ reputations }) => ({ reputations: raise(reputations) })),
    /the reputation of [0-9a-f]{32} is not/,
  ],
  [
    'a device’s reputation left out',
    publishing(({ reputations }) => ({ reputations: reputations.slice(1) })),
    /[0-9a-f]{32} is missing among the devices/,
  ],
  [
    'a device’s reputation twice',
    publishing(({ reputations }) => ({ reputations: [...reputations, ...reputations.slice(-1)] })),
    /order of the devices/,
  ],
  [
    'devices out of order',
    publishing(({ reputations }) => ({ reputations: reputations.toReversed() })),
    /order of the devices/,
  ],
  [
    'a requester’s reputation off by one step',
    publishing(({ requesters }) => ({ requesters: raise(requesters) })),
    /the reputation of 0:[0-9a-f]{64} is not what the log gives \(actual 0\.\d+1, expected 0\.\d+\)/,
  ],
  [
    'a requester’s reputation left out',
    publishing(({ requesters }) => ({ requesters: requesters.slice(1) })),
    /0:[0-9a-f]{64} is missing among the requesters/,
  ],
  [
    'the reputation of a requester without tasks',
    publishing(({ requesters }) => ({
      requesters: [...requesters, { requester: `0:${'ff'.repeat(32)}`, reputation: 0.5 }],
    })),
    /the reputation of 0:(ff){32} is not what the log gives/,
  ],
  [
    'requesters out of order',
    publishing(({ requesters }) => ({ requesters: requesters.toReversed() })),
    /order of the requesters/,
  ],
  [
    'the root of its devices alone',
    committing(({ reputations }) => ({ reputation_root: reputationRootOf(reputations) })),
    /reputation_root/,
  ],
  ['another reputation root', committing(() => ({ reputation_root: 'ab'.repeat(32) })), /reputation_root/],
  ['another log root', committing(() => ({ log_root: 'ab'.repeat(32) })), /log_root/],
  ['the log’s root at another size', committing((body) => ({ log_size: body.log_size - 1 })), /log_root/],
  [
    'a size that the log has not reached',
    committing((body) => ({ log_size: body.log_size + 1 })),
    /not a size the log had/,
  ],
  ['no log at all', committing(() => ({ log_size: 0 })), /not a size the log had/],
]

describe('a requester’s record', () => {
  it('counts tasks with and without a verdict, and verdicts with and without a result', async () => {
    const { ledger } = await foldHistory(history.entries, history.tasks)
    expect(ledger.state.requesters).toEqual(
      new Map([
        [requester, { created: 6, completed: 6, succeeded: 4 }],
        [otherRequester, { created: 1, completed: 0, succeeded: 0 }],
      ]),
    )
    const [first, second] = [requester, otherRequester].toSorted()
    const reputationOf = (address: string | undefined) => (address === requester ? 0.9 : 0.25)
    expect(entryOf(history.entries, 'commit', 1).body.requesters).toEqual([
      { requester: first, reputation: reputationOf(first) },
      { requester: second, reputation: reputationOf(second) },
    ])
  })

  it('has nothing of a task that is refused, nor of its verdict', async () => {
    const task = entryOf(history.entries, 'task', 0)
    const entries = history.entries
      .slice(0, entryOf(history.entries, 'verdict', 0).index + 1)
      .map((entry) => (entry === task ? { ...task, body: { ...task.body, reserved_nano: '1' } } : entry))
    const { ledger, findings } = await foldHistory(entries, history.tasks)
    expect(findings.at(0)).toMatchObject({ kind: 'task', reason: expect.stringMatching(/reserved_nano/) })
    expect(findings.at(-1)).toMatchObject({ kind: 'verdict' })
    expect(ledger.state.requesters.size).toBe(0)
  })
})

describe('a commit', () => {
  it.each(commitTable)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'commit', 0, alter)).toMatch(reason)
  })

  it('may name any earlier size of the log with its root', async () => {
    const alter = committing((body, { tree }) => ({
      log_size: body.log_size - 1,
      log_root: toHex(tree.root(body.log_size - 1)),
    }))
    expect(await refusalOf(history, 'commit', 0, alter)).toBeUndefined()
  })
})

describe('a co-signature', () => {
  it.each<[string, Alteration<'cosignature'>, RegExp]>([
    [
      'another key’s',
      async (body) => ({ ...body, auditor_signature: await stranger.sign(Buffer.from(body.hash, 'hex')) }),
      /not the auditor’s/,
    ],
    [
      'of a charge that was never logged',
      async (body) => ({
        ...body,
        hash: 'ab'.repeat(32),
        auditor_signature: await auditor.sign(Buffer.alloc(32, 0xab)),
      }),
      /no valid charge has this hash/,
    ],
    ['of a charge, said to be of a commit', (body) => ({ ...body, of: 'commit' }), /no valid commit has this hash/],
  ])('%s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'cosignature', 0, alter)).toMatch(reason)
  })
})

describe('a refusal', () => {
  const refusedInstead = async (entries: FullHistory['entries'], hash: string) => {
    const refusal = {
      index: entries.length,
      at: 1_790_000_100_000,
      kind: 'refusal',
      body: { hash, reason: 'no' },
    } as const
    return foldHistory([...entries, refusal], history.tasks)
  }

  it('is the auditor’s own: what it never refused is not refused', async () => {
    const { findings } = await refusedInstead(history.entries, 'ab'.repeat(32))
    expect(findings).toEqual([expect.objectContaining({ reason: expect.stringMatching(/did not refuse this/) })])
  })

  it('of a charge that waits keeps it from being co-signed', async () => {
    const charge = entryOf(history.entries, 'charge')
    const { hash } = await cosign(charge)
    const { findings, ledger } = await refusedInstead(history.entries.slice(0, charge.index + 1), hash)
    expect(findings).toEqual([])
    expect(ledger.state.charges.get(hash)?.status).toBe('refused')
  })

  it('does not undo a co-signature', async () => {
    const { hash } = await cosign(entryOf(history.entries, 'charge'))
    const entries = history.entries.slice(0, entryOf(history.entries, 'cosignature').index + 1)
    const { findings, ledger } = await refusedInstead(entries, hash)
    expect(findings).toEqual([expect.objectContaining({ reason: expect.stringMatching(/co-signed what is said/) })])
    expect(ledger.state.charges.get(hash)?.status).toBe('cosigned')
  })
})

describe('an executed epoch', () => {
  const same: Alteration<'executed'> = (body) => body
  const next = 'cd'.repeat(32)

  it.each([
    ['the vault has not committed', vaultState({ epoch: 0 })],
    ['the vault is still paying', vaultState({ epoch: 1, current: { next, remainingNano: 1n, validFromSec: 0 } })],
    [
      'pays nobody before its window is over',
      vaultState({ epoch: 1, current: { next: NO_BATCH, remainingNano: 0n, validFromSec: 4_000_000_000 } }),
    ],
  ])('that %s is refused', async (_what, vault) => {
    expect(await refusalOf(history, 'executed', 0, same, { vault })).toMatch(/has not paid the epoch/)
  })

  it('that the vault has gone beyond is fine', async () => {
    const vault = vaultState({ epoch: 2, current: { next, remainingNano: 1n, validFromSec: 0 } })
    expect(await refusalOf(history, 'executed', 0, same, { vault })).toBeUndefined()
  })

  it('was committed, and happens once', async () => {
    const vault = vaultState({ epoch: 9 })
    expect(await refusalOf(history, 'executed', 0, () => ({ epoch: 5 }), { vault })).toMatch(/no co-signed commit/)
    expect(await refusalOf(history, 'executed', 1, () => ({ epoch: 1 }), { vault })).toMatch(/was executed before/)
  })
})
