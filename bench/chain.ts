import { buildConfig, type PriceSet } from '@gstd/devnet'
import { authorisationHash, createSigner } from '@gstd/sdk'
import {
  attachNano,
  buildChargeBody,
  buildCommitBody,
  buildPayoutBatches,
  charge,
  commit,
  deposit,
  exec,
  RequesterEscrow,
  setSession,
  Vault,
} from '@gstd/sdk/contracts'
import { Address, Cell, external, internal, SendMode, type StateInit, toNano } from '@ton/core'
import { keyPairFromSeed, sha256_sync } from '@ton/crypto'
import { Blockchain, createShardAccount, type SendMessageResult } from '@ton/sandbox'
import { WalletContractV5R1 } from '@ton/ton'

/**
 * What chain and contracts cost per task, in percent of its reward of 0.01 TON: one epoch, from real wallets (v5)
 * through real messages, at both price sets: `npm run bench -- chain`. The baseline is a plain transfer of the reward
 * for each task. Prints one line of JSON for each scenario, and all of them in the last line. Deposits and sessions,
 * which requesters pay once for many epochs, are in `once_percent` and not in `fee_percent`.
 */
const REWARD_NANO = toNano('0.01')
const NETWORK = -239
const NOW_SEC = 1_790_000_000
const WINDOW_SEC = 3600
const scenarios = [
  { tasks: 1, devices: 1, requesters: 1 },
  { tasks: 252, devices: 252, requesters: 1 },
  { tasks: 1000, devices: 20, requesters: 1 },
  { tasks: 1000, devices: 20, requesters: 10 },
  { tasks: 10_000, devices: 250, requesters: 50 },
]

const keys = {
  coordinator: createSigner('c0'.repeat(32)),
  auditor: createSigner('a0'.repeat(32)),
  session: createSigner('50'.repeat(32)),
}
const root = 'cd'.repeat(32)

/** Everything that validators keep of a message and of all that follows from it. */
const feesOf = ({ transactions }: SendMessageResult): bigint =>
  transactions.reduce((sum, { totalFees, outMessages, description }) => {
    if (description.type === 'generic' && description.aborted && description.computePhase.type === 'vm') {
      throw new Error(`a message was refused: ${description.computePhase.exitCode}`)
    }
    const messages = [...outMessages.values()]
    return messages.reduce(
      (fees, { info }) => fees + (info.type === 'internal' ? info.forwardFee : 0n),
      sum + totalFees.coins,
    )
  }, 0n)

type Message = { to: Address; value: bigint; body: Cell; init?: StateInit | undefined; bounce?: boolean }

/** A wallet v5 with 1,000 TON, and what sends from it. */
const openWallet = async (chain: Blockchain, name: string) => {
  const { publicKey, secretKey } = keyPairFromSeed(sha256_sync(name))
  const wallet = WalletContractV5R1.create({ publicKey, walletId: { networkGlobalId: NETWORK } })
  const { address, init } = wallet
  await chain.setShardAccount(address, createShardAccount({ address, ...init, balance: toNano('1000') }))
  let seqno = 0
  const send = async ({ to, value, body, init: deploying, bounce = true }: Message): Promise<bigint> => {
    const messages = [internal({ to, value, body, bounce, ...(deploying !== undefined && { init: deploying }) })]
    const sendMode = SendMode.PAY_GAS_SEPARATELY | SendMode.IGNORE_ERRORS
    const transfer = wallet.createTransfer({ seqno: seqno++, secretKey, messages, sendMode, timeout: NOW_SEC * 2 })
    return feesOf(await chain.sendMessage(external({ to: address, body: transfer })))
  }
  return { address, send }
}

const signBoth = async (body: Cell) => ({
  body,
  coordinatorSignature: await keys.coordinator.sign(body.hash()),
  auditorSignature: await keys.auditor.sign(body.hash()),
})

const deviceAddress = (index: number): Address => Address.parseRaw(`0:${(index + 1).toString(16).padStart(64, '0')}`)

const percentOf = (feeNano: bigint, tasks: number): number =>
  Number(((Number(feeNano) / (Number(REWARD_NANO) * tasks)) * 100).toFixed(3))

type Chain = Awaited<ReturnType<typeof openChain>>

/** A chain with a vault, whose operator's wallet has sent its first message. */
const openChain = async (prices: PriceSet) => {
  const chain = await Blockchain.create({ config: buildConfig(NETWORK, prices) })
  chain.now = NOW_SEC
  const operator = await openWallet(chain, 'operator')
  const vault = Vault.createFromConfig({
    coordinatorKey: keys.coordinator.publicKey,
    auditorKey: keys.auditor.publicKey,
    guardian: operator.address,
    challengeWindowSec: WINDOW_SEC,
  })
  await operator.send({ to: vault.address, init: vault.init, value: toNano('0.2'), body: Cell.EMPTY })
  return { chain, operator, vault: vault.address }
}

/** Opens an escrow that holds what its tasks cost. */
const openEscrow = async ({ chain, vault }: Chain, name: string, amountNano: bigint) => {
  const wallet = await openWallet(chain, name)
  const { address, init } = RequesterEscrow.createFromOwner({ owner: wallet.address, vault })
  const deposited = deposit({ jobId: root, amountNano })
  const session = setSession({ key: keys.session.publicKey, capNano: amountNano, expiresAtSec: NOW_SEC + 86_400 })
  const depositFee = await wallet.send({ to: address, init, value: amountNano + attachNano.deposit, body: deposited })
  const sessionFee = await wallet.send({ to: address, value: attachNano.setSession, body: session })
  return { address, feeNano: depositFee + sessionFee }
}

const chargeOf = async (
  { vault }: Chain,
  escrow: Address,
  { tasks, amountNano }: { tasks: number; amountNano: bigint },
) => {
  const authorised = { network: NETWORK, escrow: escrow.toRawString(), maxCumulativeNano: amountNano }
  const body = buildChargeBody({
    network: NETWORK,
    vault,
    validUntilSec: NOW_SEC + 600,
    escrow,
    epoch: 1,
    previousChargedNano: 0n,
    cumulativeNano: amountNano,
    tasks,
    tasksRoot: root,
    authorisation: {
      maxCumulativeNano: amountNano,
      signature: await keys.session.sign(authorisationHash(authorised)),
    },
  })
  return charge(await signBoth(body))
}

const measure = async (
  prices: PriceSet,
  { tasks, devices, requesters }: { tasks: number; devices: number; requesters: number },
) => {
  const opened = await openChain(prices)
  const { chain, operator, vault } = opened
  const each = { tasks: tasks / requesters, amountNano: (REWARD_NANO * BigInt(tasks)) / BigInt(requesters) }
  let onceNano = 0n
  let chargeNano = 0n
  for (let index = 0; index < requesters; index++) {
    const escrow = await openEscrow(opened, `requester ${index}`, each.amountNano)
    onceNano += escrow.feeNano
    const body = await chargeOf(opened, escrow.address, each)
    chargeNano += await operator.send({ to: vault, value: attachNano.charge, body })
  }

  const amountNano = REWARD_NANO * BigInt(tasks)
  const shareNano = amountNano / BigInt(devices)
  const { head, batches, totalNano } = buildPayoutBatches({
    payouts: Array.from({ length: devices }, (_, index) => ({ address: deviceAddress(index), amountNano: shareNano })),
  })
  const committing = buildCommitBody({
    network: NETWORK,
    vault,
    validUntilSec: NOW_SEC + 600,
    epoch: 1,
    head,
    totalNano,
    owedAfterNano: amountNano - totalNano,
    tasks,
    tasksRoot: root,
    reputationRoot: root,
    logRoot: root,
  })
  const commitNano = await operator.send({
    to: vault,
    value: attachNano.commit,
    body: commit(await signBoth(committing)),
  })
  chain.now = NOW_SEC + WINDOW_SEC
  let execNano = 0n
  for (const batch of batches) {
    execNano += await operator.send({ to: vault, value: attachNano.exec(devices), body: exec({ batch }) })
  }
  for (let index = 0; index < devices; index++) {
    const { balance } = await chain.getContract(deviceAddress(index))
    if (balance !== shareNano) throw new Error(`device ${index} has ${balance} nano, not ${shareNano}`)
  }
  const transferNano = await operator.send({
    to: deviceAddress(devices),
    value: REWARD_NANO,
    body: Cell.EMPTY,
    bounce: false,
  })
  const row = {
    prices,
    tasks,
    devices,
    requesters,
    fee_percent: percentOf(chargeNano + commitNano + execNano, tasks),
    baseline_percent: percentOf(transferNano, 1),
  }
  const parts = { charge: chargeNano, commit: commitNano, exec: execNano, once: onceNano }
  const inPercent = Object.entries(parts).map(([name, nano]) => [`${name}_percent`, percentOf(nano, tasks)] as const)
  console.log(JSON.stringify({ ...row, ...Object.fromEntries(inPercent) }))
  return row
}

const rows = []
for (const prices of ['2026-06', '2025-12'] as const) {
  for (const scenario of scenarios) rows.push(await measure(prices, scenario))
}
console.log(JSON.stringify({ rows }))
