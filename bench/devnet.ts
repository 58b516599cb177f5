import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startDevnet } from '@gstd/devnet'
import { internal, SendMode, toNano } from '@ton/core'
import { keyPairFromSeed, sha256_sync } from '@ton/crypto'
import { TonClient, WalletContractV5R1 } from '@ton/ton'

/**
 * Measures the local TON network through an unmodified TonClient in the same process, which costs as much as the
 * network itself: `node --conditions=@gstd/source bench/devnet.ts`. Prints one line of JSON for each measurement.
 */
const WALLETS = 100
const ROUNDS = 5
const READS = 1000
const AT_ONCE = 16

const stateDir = await mkdtemp(join(tmpdir(), 'gstd-bench-devnet-'))
const devnet = await startDevnet({ listen: { host: '127.0.0.1', port: 0 }, stateDir })
const client = new TonClient({ endpoint: devnet.endpoint })

const wallets = Array.from({ length: WALLETS }, (_, index) => {
  const { publicKey, secretKey } = keyPairFromSeed(sha256_sync(`bench/${index}`))
  const contract = WalletContractV5R1.create({ publicKey, walletId: { networkGlobalId: -3 } })
  return { contract: client.open(contract), secretKey }
})

/** Runs tasks, so many at once. */
const runAll = async <Item>(items: readonly Item[], run: (item: Item) => Promise<unknown>): Promise<void> => {
  const left = items.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of left) await run(item)
    }),
  )
}

const measure = async (name: string, count: number, run: () => Promise<void>): Promise<void> => {
  const beganMs = performance.now()
  await run()
  const seconds = (performance.now() - beganMs) / 1000
  console.log(
    JSON.stringify({ name, count, seconds: Number(seconds.toFixed(2)), per_second: Math.round(count / seconds) }),
  )
}

await measure('faucet', WALLETS, () =>
  runAll(wallets, async ({ contract }) => {
    const body = JSON.stringify({ address: contract.address.toRawString(), amount_nano: toNano('10').toString() })
    await fetch(devnet.faucet, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  }),
)
for (let seqno = 0; seqno < ROUNDS; seqno++) {
  const bodies = wallets.map(({ contract, secretKey }) => ({
    contract,
    body: contract.createTransfer({
      seqno,
      secretKey,
      sendMode: SendMode.PAY_GAS_SEPARATELY,
      messages: [internal({ to: contract.address, value: 1n, bounce: false })],
    }),
  }))
  // Each transfer is two transactions: the wallet takes the message, and gets the one it sends.
  await measure(`transfers, round ${seqno + 1}`, WALLETS, async () => {
    await runAll(bodies, ({ contract, body }) => contract.send(body))
    for (const { contract } of wallets) while ((await contract.getSeqno()) <= seqno) await delay(5)
  })
}
const [wallet] = wallets
if (wallet !== undefined) {
  const { address } = wallet.contract
  const reads = Array.from({ length: READS }, () => undefined)
  await measure('get-methods', READS, () => runAll(reads, () => client.runMethod(address, 'seqno')))
  await measure('accounts', READS, () => runAll(reads, () => client.getContractState(address)))
  await measure('pages of 10 transactions', READS / 5, () =>
    runAll(reads.slice(0, READS / 5), () => client.getTransactions(address, { limit: 10 })),
  )
}
await devnet.stop()
await rm(stateDir, { recursive: true })
