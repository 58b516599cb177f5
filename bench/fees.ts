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
 * What chain and contracts cost per task, in percent of its reward: one epoch of one requester, from real wallets (v5)
 * through real messages, at both price sets: `node --conditions=@gstd/source bench/fees.ts`. Prints one line of JSON
 * for each scenario. Deposit and session are paid once for many epochs, and shown apart.
 */
const REWARD_NANO = toNano('0.01')
const NETWORK = -239
const NOW_SEC = 1_790_000_000
const WINDOW_SEC = 3600
const scenarios = [
  { tasks: 1000, devices: 20 },
  { tasks: 252, devices: 252 },
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

type Message = { to: Address; value: bigint; body: Cell; init?: StateInit | undefined }

/** A wallet v5 with 1,000 TON, and what sends from it. */
const openWallet = async (chain: Blockchain, name: string) => {
  const { publicKey, secretKey } = keyPairFromSeed(sha256_sync(name))
  const wallet = WalletContractV5R1.create({ publicKey, walletId: { networkGlobalId: NETWORK } })
  const { address, init } = wallet
  await chain.setShardAccount(address, createShardAccount({ address, ...init, balance: toNano('1000') }))
  let seqno = 0
  const send = async ({ to, value, body, init: deploying }: Message): Promise<bigint> => {
    const messages = [internal({ to, value, body, bounce: true, ...(deploying !== undefined && { init: deploying }) })]
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

const measure = async (prices: PriceSet, { tasks, devices }: { tasks: number; devices: number }) => {
  const chain = await Blockchain.create({ config: buildConfig(NETWORK, prices) })
  chain.now = NOW_SEC
  const [operator, requester] = [await openWallet(chain, 'operator'), await openWallet(chain, 'requester')]
  const vault = Vault.createFromConfig({
    coordinatorKey: keys.coordinator.publicKey,
    auditorKey: keys.auditor.publicKey,
    guardian: operator.address,
    challengeWindowSec: WINDOW_SEC,
  })
  await operator.send({ to: vault.address, init: vault.init, value: toNano('0.2'), body: Cell.EMPTY })
  const escrow = RequesterEscrow.createFromOwner({ owner: requester.address, vault: vault.address })

  const amountNano = REWARD_NANO * BigInt(tasks)
  const once = {
    deposit: await requester.send({
      to: escrow.address,
      init: escrow.init,
      value: amountNano + attachNano.deposit,
      body: deposit({ jobId: root, amountNano }),
    }),
    set_session: await requester.send({
      to: escrow.address,
      value: attachNano.setSession,
      body: setSession({ key: keys.session.publicKey, capNano: amountNano, expiresAtSec: NOW_SEC + 86_400 }),
    }),
  }

  const origin = {
    network: NETWORK,
    vault: vault.address,
    validUntilSec: NOW_SEC + 600,
    epoch: 1,
    tasks,
    tasksRoot: root,
  }
  const authorised = { network: NETWORK, escrow: escrow.address.toRawString(), maxCumulativeNano: amountNano }
  const authorisation = {
    maxCumulativeNano: amountNano,
    signature: await keys.session.sign(authorisationHash(authorised)),
  }
  const sums = { previousChargedNano: 0n, cumulativeNano: amountNano, authorisation }
  const charging = await signBoth(buildChargeBody({ ...origin, ...sums, escrow: escrow.address }))
  const { head, batches } = buildPayoutBatches({
    payouts: Array.from({ length: devices }, (_, index) => ({
      address: Address.parseRaw(`0:${(index + 1).toString(16).padStart(64, '0')}`),
      amountNano: amountNano / BigInt(devices),
    })),
  })
  const totalNano = (amountNano / BigInt(devices)) * BigInt(devices)
  const roots = { head, totalNano, owedAfterNano: amountNano - totalNano, reputationRoot: root, logRoot: root }
  const committing = await signBoth(buildCommitBody({ ...origin, ...roots }))
  const perEpoch = {
    charge: await operator.send({ to: vault.address, value: attachNano.charge, body: charge(charging) }),
    commit: await operator.send({ to: vault.address, value: attachNano.commit, body: commit(committing) }),
    exec: 0n,
  }
  chain.now = NOW_SEC + WINDOW_SEC
  for (const batch of batches) {
    perEpoch.exec += await operator.send({ to: vault.address, value: attachNano.exec(devices), body: exec({ batch }) })
  }

  const feeNano = perEpoch.charge + perEpoch.commit + perEpoch.exec
  const inTon = (fees: Record<string, bigint>) =>
    Object.fromEntries(Object.entries(fees).map(([name, fee]) => [`${name}_ton`, Number(fee) / 1e9]))
  return {
    prices,
    tasks,
    devices,
    ...inTon(perEpoch),
    fee_per_task_ton: Number((Number(feeNano) / tasks / 1e9).toFixed(9)),
    fee_percent_of_reward: Number(((Number(feeNano) / Number(amountNano)) * 100).toFixed(3)),
    once: inTon(once),
  }
}

for (const prices of ['2026-06', '2025-12'] as const) {
  for (const scenario of scenarios) console.log(JSON.stringify(await measure(prices, scenario)))
}
