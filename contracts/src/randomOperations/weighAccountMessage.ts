import { deviceIdOf } from '@gstd/sdk'
import { type Slice, toNano } from '@ton/core'
import { type JettonMessage, readJettons } from './readJettons.ts'
import { opOf } from './readFund.ts'
import { type AccountSums, type Arrived, isFrom, weighed, type Weighed } from './Weighed.ts'
import { weighAppeal, weighCancel, weighExecute, weighLock } from './weighSlash.ts'

const WEEK_SEC = 7 * 86_400
const MILLION = 1_000_000
const MIN_NANO = toNano('0.02')
const JETTON_NANO = toNano('0.1')
const MAX_DEVICES = 16
/** Purposes of an account's transfers, as their query ids. */
const FOR_WITHDRAWAL = 1n
const FOR_TREASURY = 2n

const byId = (devices: AccountSums['devices']): AccountSums['devices'] =>
  devices.toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1))

const ofOwner = (arrived: Arrived, leastNano = MIN_NANO) => ({
  NOT_OWNER: !isFrom(arrived, arrived.staker.owner.address),
  TOO_LITTLE_VALUE: arrived.valueNano < leastNano,
})

const weighDevice = (arrived: Arrived, body: Slice): Weighed => {
  const { before } = arrived
  const deviceKey = body.skip(64).loadBuffer(32).toString('hex')
  const isAdded = body.loadBit()
  const deviceId = deviceIdOf(deviceKey)
  const others = before.devices.filter((device) => device.deviceId !== deviceId)
  const isListed = others.length < before.devices.length
  const added = [...others, { deviceId, deviceKey, reputation: 0, updatedAtSec: 0 }]
  return weighed(
    { ...before, devices: byId(isAdded ? added : others) },
    {
      ...ofOwner(arrived),
      DEVICE_LISTED: isAdded && isListed,
      UNKNOWN_DEVICE: !isAdded && !isListed,
      TOO_MANY_DEVICES: isAdded && before.devices.length >= MAX_DEVICES,
    },
  )
}

const weighUnbond = (arrived: Arrived, body: Slice): Weighed => {
  const { before, nowSec } = arrived
  const amountNano = body.skip(64).loadCoins()
  const after = {
    ...before,
    stakeNano: before.stakeNano - amountNano,
    unbondingNano: before.unbondingNano + amountNano,
    unbondedAtSec: nowSec + WEEK_SEC,
  }
  return weighed(after, {
    ...ofOwner(arrived),
    ZERO_AMOUNT: amountNano === 0n,
    OVER_STAKE: amountNano > before.stakeNano,
  })
}

const weighWithdraw = (arrived: Arrived): Weighed => {
  const { before, nowSec } = arrived
  const reasons = { ZERO_AMOUNT: before.unbondingNano === 0n, TOO_EARLY: nowSec < before.unbondedAtSec }
  return weighed({ ...before, unbondingNano: 0n }, { ...ofOwner(arrived, JETTON_NANO), ...reasons })
}

const weighReputation = ({ before, nowSec }: Arrived, body: Slice, isFromVault: boolean): Weighed => {
  const reputation = body.skip(64).loadUint(32) / MILLION
  body.loadAddress()
  const deviceId = body.loadBuffer(16).toString('hex')
  const devices = before.devices.map((device) =>
    device.deviceId === deviceId ? { ...device, reputation, updatedAtSec: nowSec } : device,
  )
  const isListed = devices.some((device) => device.deviceId === deviceId)
  return weighed({ ...before, devices }, { NOT_VAULT: !isFromVault, UNKNOWN_DEVICE: !isListed })
}

/** Whether a notification says that the owner's own GSTD has come. */
const isOwnStake = (arrived: Arrived, sender: unknown): boolean => {
  const { staker, isOpen } = arrived
  return isOpen && isFrom(arrived, staker.gstd.account) && String(sender) === staker.owner.address.toString()
}

const weighJettons = (arrived: Arrived, { kind, isBounced, queryId, amountNano, rest }: JettonMessage): Weighed => {
  const { before, staker, isOpen, valueNano } = arrived
  if (kind === 'notification') {
    const sender = rest.loadMaybeAddress()
    if (isOwnStake(arrived, sender)) return weighed({ ...before, stakeNano: before.stakeNano + amountNano }, {})
    return weighed(before, { JETTON_SENDER: sender === null, TOO_LITTLE_VALUE: valueNano < JETTON_NANO })
  }
  if (!isBounced) return weighed(before, { UNKNOWN_MESSAGE: true })
  if (!isOpen || !isFrom(arrived, staker.gstd.account)) return weighed(before, {})
  if (queryId === FOR_WITHDRAWAL) return weighed({ ...before, unbondingNano: before.unbondingNano + amountNano }, {})
  return weighed({ ...before, stakeNano: before.stakeNano + (queryId === FOR_TREASURY ? amountNano : 0n) }, {})
}

/** Says by rules of its own what an account must make of a message: accept it, and what it is then; or refuse it, and why. */
export const weighAccountMessage = (arrived: Arrived, vault: { toString: () => string }): Weighed => {
  const { before, delivered, jettons } = arrived
  const jettonMessage = readJettons(delivered.message)
  if (jettonMessage !== undefined) return weighJettons(arrived, jettonMessage)
  const { info, body: cell } = delivered.message
  // the bounce of a question to a master, which changes nothing
  if (info.type === 'internal' && info.bounced) return weighed(before, {})
  const body = cell.beginParse()
  const isFromVault = isFrom(arrived, vault)
  switch (opOf(body)) {
    case 0:
      return weighed(before, {})
    case 0x47440001:
      return weighed(before, ofOwner(arrived, JETTON_NANO))
    case 0x47440002:
      return weighDevice(arrived, body)
    case 0x47440003:
      return weighUnbond(arrived, body)
    case 0x47440004:
      return weighWithdraw(arrived)
    case 0x47440005:
      return weighAppeal(arrived, body)
    case 0x47440006:
      return weighLock(arrived, body, isFromVault)
    case 0x47440007:
      return weighCancel(arrived, body, isFromVault)
    case 0x47440008:
      return weighReputation(arrived, body, isFromVault)
    case 0x47440009:
      return weighExecute(arrived)
    case 0xd1735400:
      return weighed(before, { JETTON_SENDER: !isFrom(arrived, jettons.gstdMaster) })
    default:
      return weighed(before, { UNKNOWN_MESSAGE: true })
  }
}
