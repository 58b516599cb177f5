import { parametersDocument, type TaskDescriptor } from '@gstd/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { createHistory } from '../historyForTests/createHistory.ts'
import { signOrder } from '../historyForTests/executions.ts'
import { foldHistory } from '../historyForTests/foldHistory.ts'
import { type FullHistory, fullHistory } from '../historyForTests/fullHistory.ts'
import { certifiedDevice, coordinator, requester, signerOf } from '../historyForTests/parties.ts'
import { type Alteration, refusalOf } from '../historyForTests/refusalOf.ts'
import { authorise, taskBody } from '../historyForTests/taskBody.ts'

let history: FullHistory
beforeAll(async () => {
  history = await fullHistory()
})

const stranger = signerOf('a stranger')

type Table<Kind extends 'parameters' | 'device' | 'task' | 'dispatch'> = [string, Alteration<Kind>, RegExp][]

describe('parameters', () => {
  const resigned =
    (changes: object): Alteration<'parameters'> =>
    async ({ parameters }) => {
      const changed = { ...parameters, ...changes }
      return { parameters: changed, coordinator_signature: await coordinator.sign(parametersDocument.hash(changed)) }
    }
  const table: Table<'parameters'> = [
    [
      'another tariff under the old signature',
      (body) => ({ ...body, parameters: { ...body.parameters, tariff_nano: '1' } }),
      /not signed/,
    ],
    ['another coordinator', resigned({ coordinator_key: stranger.publicKey }), /parameters.coordinator_key/],
    ['another auditor', resigned({ auditor_key: stranger.publicKey }), /parameters.auditor_key/],
    ['another vault', resigned({ vault: `0:${'99'.repeat(32)}` }), /parameters.vault/],
    ['another network', resigned({ network: -239 }), /parameters.network/],
    [
      'another payee of the tariff',
      resigned({ operator_address: `0:${'99'.repeat(32)}` }),
      /parameters.operator_address/,
    ],
    ['another GSTD', resigned({ gstd_master: `0:${'99'.repeat(32)}` }), /parameters.gstd_master/],
  ]
  it.each(table)('with %s are refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'parameters', 0, alter)).toMatch(reason)
  })

  it('rule what follows: a verdict by others is refused', async () => {
    const alter: Alteration<'verdict'> = (body) => ({ ...body, parameters_hash: 'ab'.repeat(32) })
    expect(await refusalOf(history, 'verdict', 0, alter)).toMatch(/parameters_hash is not what the log gives/)
  })

  it('have to be there before anything else', async () => {
    const [, device, , , , task] = history.entries
    const moved = [device, task].flatMap((entry, index) => (entry === undefined ? [] : [{ ...entry, index }]))
    const { findings } = await foldHistory(moved, history.tasks)
    expect(findings.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['task', expect.stringMatching(/no valid parameters are in force/)],
    ])
  })
})

describe('a device', () => {
  const table: Table<'device'> = [
    [
      'another payout address',
      (body) => {
        body.certificate.certificate.payout_address = `0:${'99'.repeat(32)}`
        return body
      },
      /CERTIFICATE_INVALID: the owner’s signature/,
    ],
    [
      'a device key that did not counter-sign',
      (body) => {
        body.certificate.device_signature = '00'.repeat(64)
        return body
      },
      /CERTIFICATE_INVALID: the device key did not/,
    ],
    [
      'the certificate that is known already',
      (body, { devices }) => ({ ...body, certificate: devices.ada.certificate }),
      /does not replace.*revision 3, newest 3/,
    ],
    [
      'an older revision of a known device',
      async (body) => ({ ...body, certificate: (await certifiedDevice('ada', { revision: 2 })).certificate }),
      /does not replace.*revision 2, newest 3/,
    ],
  ]
  it.each(table)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'device', 1, alter)).toMatch(reason)
  })

  it('whose pay cannot be paid is refused, but where the auditor’s own head covers it', async () => {
    const payoutAddress = `-1:${'99'.repeat(32)}`
    const alter: Alteration<'device'> = async (body) => ({
      ...body,
      certificate: (await certifiedDevice('ada', { revision: 4, payoutAddress })).certificate,
    })
    expect(await refusalOf(history, 'device', 1, alter)).toMatch(/CERTIFICATE_INVALID: payouts go to the basechain/)
    expect(await refusalOf(history, 'device', 1, alter, { vouched: true })).toBeUndefined()
  })

  it('with a higher revision replaces the one before', async () => {
    const alter: Alteration<'device'> = async (body) => ({
      ...body,
      certificate: (await certifiedDevice('ada', { revision: 4 })).certificate,
    })
    expect(await refusalOf(history, 'device', 1, alter)).toBeUndefined()
  })
})

describe('a task', () => {
  /** Signed by the requester's session key, but for something that intake must not take. */
  const submitted =
    (changes: Partial<TaskDescriptor>): Alteration<'task'> =>
    (body, { now }) =>
      taskBody({ ...body.descriptor, ...changes }, false, now())
  const table: Table<'task'> = [
    [
      'a descriptor that was altered after signing',
      (body) => ({ ...body, descriptor: { ...body.descriptor, reward: { amount_ton: '0.02' } } }),
      /MERKLE_PROOF_INVALID/,
    ],
    [
      'another key’s signature',
      (body, { now }) => taskBody(body.descriptor, false, now(), stranger),
      /SIGNATURE_INVALID/,
    ],
    ['an operation that nobody offers', submitted({ operation: 'mining' }), /not on the whitelist/],
    ['a model that is not allowed', submitted({ model: 'gpt' }), /MODEL_UNKNOWN/],
    ['a model of another operation', submitted({ model: 'pp-ocrv4-rec' }), /the model’s operation/],
    [
      'a time limit out of range',
      submitted({ constraints: { time_limit_sec: 6, max_energy_mwh: 20 } }),
      /LIMITS_OUT_OF_RANGE/,
    ],
    ['parameters that the operation lacks', submitted({ params: { zoom: 2 } }), /PARAMS_INVALID/],
    ['a task type that is not offered', submitted({ task_type: 'agent' }), /descriptor.task_type/],
    [
      'a clock of an hour ago',
      submitted({ created_at: 1_789_996_400_000, deadline: 1_790_000_600_000 }),
      /not made when/,
    ],
    ['another reservation', (body) => ({ ...body, reserved_nano: '39700001' }), /reserved_nano/],
    ['another tariff', (body) => ({ ...body, tariff_nano: '100001' }), /tariff_nano/],
    [
      'an authorisation by another key',
      async (body) => ({ ...body, authorisation: await authorise(requester, 10n ** 9n, stranger) }),
      /authorisation.public_key/,
    ],
    [
      'an authorisation that was raised',
      (body) => ({ ...body, authorisation: { ...body.authorisation, max_cumulative_nano: '99999999999' } }),
      /AUTHORISATION_INVALID/,
    ],
    [
      'an authorisation of another escrow',
      async (body) => ({ ...body, authorisation: await authorise(`0:${'22'.repeat(32)}`) }),
      /authorisation.escrow/,
    ],
    [
      'an authorisation that does not cover it',
      async (body) => ({ ...body, authorisation: await authorise(requester, 39_699_999n) }),
      /does not cover.*needed_nano/,
    ],
    [
      'a known answer beside majority',
      (_body, { named, now }) =>
        taskBody({ ...named.voted.descriptor, task_id: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' }, true, now()),
      /validation of a known answer/,
    ],
  ]
  it.each(table)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'task', 0, alter)).toMatch(reason)
  })

  it('whose id was used before is refused', async () => {
    const alter: Alteration<'task'> = (_body, { named, now }) => taskBody(named.checked.descriptor, false, now())
    expect(await refusalOf(history, 'task', 1, alter)).toMatch(/id was used before/)
  })
})

describe('a dispatch', () => {
  const reordered =
    (changes: object): Alteration<'dispatch'> =>
    async (body) => ({ ...body, ...(await signOrder({ ...body.order, ...changes })) })
  const table: Table<'dispatch'> = [
    [
      'an order that was altered after signing',
      (body) => ({ ...body, order: { ...body.order, nonce: 'ab'.repeat(16) } }),
      /MERKLE_PROOF_INVALID/,
    ],
    [
      'an order that the coordinator did not sign',
      async (body) => ({ ...body, ...(await signOrder(body.order, stranger)) }),
      /SIGNATURE_INVALID/,
    ],
    ['another reward than the descriptor’s', reordered({ reward: { amount_ton: '0.02' } }), /order.reward/],
    [
      'another limit than the descriptor’s',
      reordered({ constraints: { time_limit_sec: 5, max_energy_mwh: 20 } }),
      /order.constraints/,
    ],
    ['another attempt', reordered({ attempt: 3 }), /order.attempt.*actual 3, expected 2/],
    ['a device that has no certificate', reordered({ device_id: 'ab'.repeat(16) }), /no valid certificate/],
    ['a time after its entry', reordered({ dispatched_at: 1_790_009_000_000 }), /time is not that of its dispatch/],
    [
      'a task that nobody submitted',
      reordered({ task_id: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' }),
      /no valid task has this id/,
    ],
    [
      'another reputation than the committed one',
      (body) => ({ ...body, device_reputation: 0.500001 }),
      /device_reputation/,
    ],
    ['a seat that is taken', (body) => ({ ...body, seat: 1 }), /the seat is taken/],
    ['a seat that the task has not', (body) => ({ ...body, seat: 4 }), /no such seat/],
    [
      'the owner of another seat',
      async (body, { devices }) => ({ ...body, ...(await signOrder({ ...body.order, device_id: devices.ada.id })) }),
      /the owner has another seat/,
    ],
  ]
  it.each(table)('with %s is refused', async (_what, alter, reason) => {
    expect(await refusalOf(history, 'dispatch', 1, alter)).toMatch(reason)
  })

  it('pays by the reputation that the last executed epoch published', async () => {
    const nth = history.entries.filter(({ kind }) => kind === 'dispatch').length - 1
    const alter: Alteration<'dispatch'> = (body) => ({ ...body, device_reputation: 0.5 })
    expect(await refusalOf(history, 'dispatch', nth, alter)).toMatch(/device_reputation/)
  })

  it('of a task that has ended is refused', async () => {
    const alter: Alteration<'dispatch'> = async (body, { named }) => ({
      ...body,
      ...(await signOrder({ ...body.order, task_id: named.cancelled.descriptor.task_id })),
    })
    const nth = history.entries.filter(({ kind }) => kind === 'dispatch').length - 1
    expect(await refusalOf(history, 'dispatch', nth, alter)).toMatch(/the task has ended/)
  })

  it('after the deadline is refused', async () => {
    const log = await createHistory()
    const { ada } = history.devices
    log.device(ada)
    const task = await log.task({ name: 'slow' })
    log.pass(601_000)
    await log.dispatch(task, ada, 1)
    const { findings } = await foldHistory(log.entries, log.tasks)
    expect(findings.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['dispatch', expect.stringMatching(/after the deadline/)],
    ])
  })

  it('to a device whose certificate has expired is refused', async () => {
    const log = await createHistory()
    const { ada } = history.devices
    log.device(ada)
    log.pass(86_400_000)
    await log.dispatch(await log.task({ name: 'next day' }), ada, 1)
    const { findings } = await foldHistory(log.entries, log.tasks)
    expect(findings.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['dispatch', expect.stringMatching(/certificate is not valid at the dispatch/)],
    ])
  })
})
