/**
 * Submits one image through the SDK, waits for the verdict and checks the receipt by itself.
 *
 *   npx node examples/submit/main.ts STATE_DIR IMAGE [WALLET]
 *
 * STATE_DIR is a state folder of `gstd` with a network and the session of a wallet, as the README makes one.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, createSigner, formatAmount, networkConfigSchema, verifyReceipt } from '@gstd/sdk'

type Session = { requester: string; escrow: string; seed: string }

const [stateDir = '', image = '', wallet = 'default'] = process.argv.slice(2)
const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(stateDir, name), 'utf8'))

const network = networkConfigSchema.parse(await read('network.json'))
const { requester, escrow, seed } = (await read(`sessions/${wallet}.json`)) as Session
const client = createClient({ network, requester, escrow, sessionKey: createSigner(seed) })

const { taskId } = await client.submit({ operation: 'ocr', model: 'pp-ocrv4-rec', input: await readFile(image) })
const [task] = await client.wait([taskId], { until: 'accepted' })
console.log(task?.status, JSON.stringify(task?.result))

const verified = await verifyReceipt(await client.receipt(taskId), {
  network: network.network,
  vault: network.vault,
  coordinatorKey: network.coordinator_key,
  auditorKey: network.auditor_key,
})
console.log(`${verified.outcome}, charged ${formatAmount(verified.chargedNano)} TON`)
for (const { deviceId, amountNano } of verified.rewards)
  console.log(`${deviceId} earned ${formatAmount(amountNano)} TON`)
