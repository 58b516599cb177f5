import { commitmentOf, randomHex, resultHashOf, signBatch, workOrderDocument } from '@gstd/sdk'
import { describe, expect, it } from 'vitest'
import { checkLog } from './checkLog.testing.ts'
import { connectDevice, type DeviceForTests, textResult } from './connectDevice.testing.ts'
import { logged, readLog, seatRows, seatStates, taskRow } from './inspect.testing.ts'
import { type Bench, openBench } from './openBench.testing.ts'
import { answer, connectDevices, holders, runTo, runToCommit, type Step } from './play.testing.ts'

const known = textResult('known')

/** A task with a known answer has one seat: what happens to it is easy to see. */
const dispatchOne = async (bench: Bench, devices: DeviceForTests[]) => {
  const taskId = await bench.submit({}, known)
  await bench.dispatcher.tick()
  const [device] = holders(devices, taskId)
  if (device === undefined) throw new Error('nobody was given the order')
  return { taskId, device }
}

const failedCount = async (bench: Bench, device: DeviceForTests): Promise<number | undefined> => {
  const [row] = await bench.journal.query<{ failed: number }>('SELECT failed FROM devices WHERE device_id = $1', [
    device.deviceId,
  ])
  return row?.failed
}

describe('time-outs', () => {
  it('reopen the seat for another device, at every stage', async () => {
    const bench = await openBench()
    const { timing } = bench.parameters
    const stages: [Step, number, string][] = [
      ['dispatched', timing.ack_ms, 'no_ack'],
      ['acknowledged', timing.start_ms, 'no_start'],
      ['started', 5000 + timing.grace_ms, 'time_out'],
      ['committed', timing.reveal_ms, 'no_reveal'],
      ['revealed', timing.attest_ms, 'no_attestation'],
    ]
    for (const [step, limitMs, reason] of stages) {
      const devices = await connectDevices(bench, 2)
      const { taskId, device } = await dispatchOne(bench, devices)
      // A known answer that is not met keeps the task open after the reveal.
      await runTo(device, step, textResult('other'))
      await bench.pass(limitMs - 1)
      expect([reason, ...(await seatStates(bench, taskId))]).toHaveLength(2)
      await bench.pass(1)
      expect(await seatStates(bench, taskId)).toEqual([`ended:${reason}`, 'open'])
      expect(await failedCount(bench, device)).toBe(1)
      await bench.dispatcher.tick()
      const other = devices.find((candidate) => candidate !== device)
      if (other === undefined) throw new Error('the other device must be there')
      expect(other.order()).toMatchObject({ task_id: taskId, attempt: 2 })
      await answer(other, known)
      expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered', result: known })
      for (const past of devices) past.disconnect()
    }
    const reasons = (await logged(bench, 'seat_end')).map(({ reason }) => reason)
    expect(reasons).toEqual(stages.map(([, , reason]) => reason))
  })

  it('fail the task after five attempts and release its reservation', async () => {
    const bench = await openBench()
    await connectDevices(bench, 3)
    const taskId = await bench.submit({}, known)
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(await taskRow(bench, taskId)).not.toMatchObject({ status: 'failed' })
      await bench.dispatcher.tick()
      await bench.pass(bench.parameters.timing.ack_ms)
    }
    expect(await taskRow(bench, taskId)).toMatchObject({
      status: 'failed',
      reserved_nano: 0,
      charged_nano: 0,
      error: { code: 'TASK_ATTEMPTS_EXHAUSTED' },
    })
    await bench.dispatcher.tick()
    expect(await logged(bench, 'dispatch')).toHaveLength(5)
  })

  it('fail a task whose other seat has answered without its signature yet, instead of trying for ever', async () => {
    const bench = await openBench()
    const devices = await connectDevices(bench, 4)
    const taskId = await bench.submit()
    await bench.dispatcher.tick()
    const [first] = holders(devices, taskId)
    if (first === undefined) throw new Error('nobody was given the order')
    await runTo(first, 'revealed', textResult('a'))
    for (let attempt = 1; attempt <= 5; attempt++) {
      await bench.pass(bench.parameters.timing.ack_ms)
      await bench.dispatcher.tick()
    }
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'failed', error: { code: 'TASK_ATTEMPTS_EXHAUSTED' } })
    expect(first.heardOf('dropped')).toMatchObject([{ reason: 'task_ended' }])
    await checkLog(await readLog(bench), bench.parameters)
  })
})

describe('bad answers', () => {
  it('end the seat, name what is wrong to the device, and leave no result', async () => {
    const bench = await openBench()
    const other = `0:${'99'.repeat(32)}`
    const cases: [string, string, Parameters<DeviceForTests['reveal']>[0]][] = [
      ['network', 'PROOF_INVALID', { proof: { network: -239 } }],
      ['vault', 'PROOF_INVALID', { proof: { vault: other } }],
      ['task_id', 'PROOF_INVALID', { proof: { task_id: crypto.randomUUID() } }],
      ['device_id', 'PROOF_INVALID', { proof: { device_id: randomHex(16) } }],
      ['attempt', 'PROOF_INVALID', { proof: { attempt: 200 } }],
      ['order_hash', 'PROOF_INVALID', { proof: { order_hash: randomHex(32) } }],
      ['result_hash', 'PROOF_INVALID', { proof: { result_hash: randomHex(32) } }],
      ['nonce', 'PROOF_INVALID', { proof: { nonce: randomHex(16) } }],
      ['timestamp', 'PROOF_INVALID', { proof: { timestamp: bench.now() - 1_000_000 } }],
      ['model_hash', 'PROOF_INVALID', { proof: { model_hash: randomHex(32) } }],
      ['numeric_class', 'PROOF_INVALID', { proof: { numeric_class: 'native/1' } }],
      ['salt', 'COMMITMENT_MISMATCH', { message: { salt: randomHex(32) } }],
      ['result', 'COMMITMENT_MISMATCH', { message: { result: textResult('late change') } }],
    ]
    for (const [field, code, changes] of cases) {
      const device = await connectDevice(bench)
      const { taskId } = await dispatchOne(bench, [device])
      await runToCommit(device, known)
      await device.reveal(changes)
      const [seat] = await seatRows(bench, taskId)
      expect({
        field,
        error: device.heardOf('error'),
        dropped: device.heardOf('dropped'),
        states: await seatStates(bench, taskId),
        seat,
        task: await taskRow(bench, taskId),
        failed: await failedCount(bench, device),
      }).toMatchObject({
        field,
        error: [{ code, order_hash: workOrderDocument.id(device.order()) }],
        dropped: [{ reason: 'invalid_proof' }],
        states: ['ended:invalid_proof', 'open'],
        seat: { result: null, result_hash: null, proof: null, proof_hash: null, salt: null },
        task: { result: null, result_hash: null },
        failed: 1,
      })
      device.disconnect()
      await bench.pass(600_000)
    }
    expect(await logged(bench, 'reveal')).toEqual([])
  })

  it('are refused when they have another number of outputs, or outputs of another shape', async () => {
    const bench = await openBench()
    for (const result of [
      [],
      [...known, ...known],
      [{ text: 7, confidence: 1 }],
      [{ text: 'a', confidence: 2 }],
      [null],
    ]) {
      const device = await connectDevice(bench)
      const { taskId } = await dispatchOne(bench, [device])
      await runToCommit(device, result)
      await device.reveal()
      expect(device.heardOf('error')).toMatchObject([{ code: 'PROOF_INVALID' }])
      expect(await seatStates(bench, taskId)).toEqual(['ended:invalid_proof', 'open'])
      device.disconnect()
      await bench.pass(600_000)
    }
  })

  it('do not survive a signature by another key or over other proofs', async () => {
    const bench = await openBench()
    const [device, stranger] = await connectDevices(bench, 2)
    if (device === undefined || stranger === undefined) throw new Error('two devices must be there')
    const taskId = await bench.submit({}, known)
    stranger.disconnect()
    await bench.dispatcher.tick()
    await runTo(device, 'revealed', known)
    const { proof_hash } = (await seatRows(bench, taskId))[0] ?? {}
    if (typeof proof_hash !== 'string') throw new Error('the proof must be stored')
    const origin = { network: bench.parameters.network, vault: bench.parameters.vault }
    const sign = (signer = device.identity.key, hash = proof_hash) =>
      signBatch({
        kind: 'proof',
        origin,
        signer,
        recipient: bench.parameters.coordinator_key,
        hashes: [new Uint8Array(Buffer.from(hash, 'hex'))],
        timestamp: bench.now(),
      })
    const refused = async (code: string, { batch }: Awaited<ReturnType<typeof sign>>) => {
      await expect(device.say({ type: 'attest', batch, proof_hashes: [proof_hash] })).rejects.toMatchObject({ code })
      expect(await seatStates(bench, taskId)).toEqual(['revealed'])
    }
    await refused('SIGNATURE_INVALID', await sign(stranger.identity.key))
    await refused('MERKLE_PROOF_INVALID', await sign(device.identity.key, randomHex(32)))
    const right = await sign()
    await refused('SIGNATURE_INVALID', { ...right, batch: { ...right.batch, signature: '00'.repeat(64) } })
    await device.say({ type: 'attest', batch: right.batch, proof_hashes: [proof_hash] })
    expect(await taskRow(bench, taskId)).toMatchObject({ status: 'delivered' })
  })
})

describe('messages', () => {
  it('may be repeated: nothing happens twice', async () => {
    const bench = await openBench()
    const [device] = await connectDevices(bench, 1)
    if (device === undefined) throw new Error('a device must be there')
    const { taskId } = await dispatchOne(bench, [device])
    const orderHash = workOrderDocument.id(device.order())
    const salt = randomHex(32)
    const { deviceId } = device
    const commitment = commitmentOf({ resultHash: resultHashOf(known), deviceId, salt })
    await device.ack()
    await device.ack()
    await device.started()
    const [started] = await seatRows(bench, taskId)
    await bench.pass(10)
    await device.started()
    await device.ack()
    expect((await seatRows(bench, taskId))[0]).toEqual(started)
    await device.say({ type: 'commit', order_hash: orderHash, commitment })
    await bench.pass(10)
    await device.say({ type: 'commit', order_hash: orderHash, commitment })
    expect(device.heardOf('committed')).toHaveLength(2)
    await expect(device.commit(known)).rejects.toMatchObject({ code: 'COMMITMENT_MISMATCH' })
    expect(await logged(bench, 'commitment')).toMatchObject([{ observed_ms: 10 }])
    await device.reveal({ message: { salt } })
    const [revealed] = await seatRows(bench, taskId)
    await device.reveal({ message: { salt } })
    expect(device.heardOf('revealed')).toHaveLength(2)
    expect((await seatRows(bench, taskId))[0]).toEqual(revealed)
    await device.attest()
    const size = bench.journal.tree.size
    await device.reveal({ message: { salt } })
    await device.attest()
    await device.ack()
    expect(bench.journal.tree.size).toBe(size)
    expect(await logged(bench, 'verdict')).toHaveLength(1)
    expect(device.heardOf('dropped').every(({ reason }) => reason === 'task_ended')).toBe(true)
  })

  it('are refused out of order, for orders of others and for orders that never were', async () => {
    const bench = await openBench()
    const [device, stranger] = await connectDevices(bench, 1)
    if (device === undefined) throw new Error('a device must be there')
    expect(stranger).toBeUndefined()
    const { taskId } = await dispatchOne(bench, [device])
    const order = device.order()
    const unknown = { code: 'ORDER_UNKNOWN' }
    await expect(device.commit(known)).rejects.toMatchObject(unknown)
    await expect(device.reveal()).rejects.toMatchObject(unknown)
    await device.ack()
    await expect(device.commit(known)).rejects.toMatchObject(unknown)
    const other = await connectDevice(bench)
    for (const act of [
      () => other.ack(order),
      () => other.started(order),
      () => other.commit(known, order),
      () => other.reveal({}, order),
      () => other.unavailable(order),
      () => other.say({ type: 'refuse', order_hash: workOrderDocument.id(order), reason: 'busy' }),
      () => other.say({ type: 'failed', order_hash: randomHex(32), code: 'X', message: '' }),
    ]) {
      await expect(act()).rejects.toMatchObject(unknown)
    }
    await expect(
      device.say({
        type: 'started',
        order_hash: workOrderDocument.id(order),
        started_at: bench.now(),
        signature: '00'.repeat(64),
      }),
    ).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
    await expect(device.say(device.identity.hello)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' })
    expect(await seatStates(bench, taskId)).toEqual(['acknowledged'])
  })

  it('blame the requester, not the device, for an input that is not there', async () => {
    const bench = await openBench()
    const [device] = await connectDevices(bench, 1)
    if (device === undefined) throw new Error('a device must be there')
    const { taskId } = await dispatchOne(bench, [device])
    await device.ack()
    const orderHash = workOrderDocument.id(device.order())
    const unsigned = { order_hash: orderHash, item: 0, message: '', signature: '00'.repeat(64) }
    await expect(device.say({ type: 'input_unavailable', ...unsigned })).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    })
    await device.unavailable()
    expect(await seatStates(bench, taskId)).toEqual(['ended:input_unavailable', 'open'])
    expect(await failedCount(bench, device)).toBe(0)
    expect(await bench.journal.query('SELECT unavailable FROM requesters')).toEqual([{ unavailable: 1 }])
    await bench.dispatcher.tick()
    await device.say({ type: 'failed', order_hash: workOrderDocument.id(device.order()), code: 'X', message: '' })
    expect(await failedCount(bench, device)).toBe(1)
  })
})
