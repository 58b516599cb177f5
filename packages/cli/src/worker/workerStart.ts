import { resolve } from 'node:path'
import { GstdError, type NetworkConfig } from '@gstd/sdk'
import type { Worker, WorkerEvent } from '@gstd/worker'
import { defineCommand } from '../program/command.ts'
import type { Context } from '../program/context.ts'
import { asInteger, asName, asText, optional, repeated, withDefault } from '../program/option.ts'
import { runDaemon, toEventData } from '../program/runDaemon.ts'
import { modelsDir, walletFile, workerDir } from '../state/paths.ts'
import { describeEvent } from './describeEvent.ts'

/** What runs when the worker is asked to stop gets this long to be handed over; the rest stays on disk. */
const FINISH_MS = 20_000

const parseGateway = (text: string): string => {
  const url = URL.parse(text)
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return text
  throw new GstdError('USAGE_INVALID', `"${text}" is no http(s) address of an IPFS gateway`)
}

type Listener = (event: WorkerEvent) => void

/** Keeps events until somebody listens, so that `ready` comes first. */
const createRelay = (): { emit: Listener; listen: (listener: Listener) => void } => {
  const early: WorkerEvent[] = []
  let listener: Listener = (event) => void early.push(event)
  return {
    emit: (event) => listener(event),
    listen: (next) => {
      listener = next
      for (const event of early.splice(0)) next(event)
    },
  }
}

const showLines =
  ({ output }: Context): Listener =>
  (event) => {
    const text = describeEvent(event)
    if (output.mode === 'human' && text === undefined) return
    const { type, ...data } = event
    output.event(type, toEventData(data), text)
  }

const openOwner = async (context: Context, name: string, network: NetworkConfig) => {
  const { openOrMakeWallet } = await import('../wallet/openWallet.ts')
  const { wallet, made } = await openOrMakeWallet(walletFile(context.stateDir, name), context.keyring(network))
  if (made) context.output.note(`made the owner's wallet "${name}": ${wallet.address}`)
  return wallet
}

export const workerStart = defineCommand({
  name: 'worker start',
  summary: 'work for the network and earn TON',
  description:
    'Connects this machine to the network and computes tasks in a sandbox. The first start makes a device key and, when it is missing, the owner’s wallet. Finished results are kept on disk until the coordinator has them. Ctrl-C finishes what runs, a second one stops at once.',
  options: {
    name: withDefault(
      { flags: '--name <name>', summary: 'several workers on one machine need a name each', parse: asName },
      'default',
    ),
    slots: withDefault({ flags: '--slots <n>', summary: 'tasks at the same time', parse: asInteger(1, 64) }, '1'),
    payout: optional({
      flags: '--payout <address>',
      summary: 'where earnings go, on the basechain (default: the owner’s wallet)',
      parse: asText,
    }),
    owner: optional({
      flags: '--owner <wallet>',
      summary: 'wallet that vouches for the device (default: named like the worker)',
      parse: asName,
    }),
    model: repeated({ flags: '--model <id>', summary: 'serve only this model; may be repeated', parse: asText }),
    ipfsGateway: optional({
      flags: '--ipfs-gateway <url>',
      summary: 'where IPFS inputs are fetched (default: a public gateway)',
      parse: parseGateway,
    }),
  },
  examples: ['gstd worker start', 'gstd worker start --name b --slots 2 --payout UQ…'],
  run: async (context, { name, slots, payout, owner: ownerName, model, ipfsGateway }) => {
    const { stateDir, output } = context
    const { parsePayoutAddress } = await import('../wallet/parsePayoutAddress.ts')
    const given = payout === undefined ? undefined : parsePayoutAddress('--payout', payout)
    const network = await context.network()
    const { checkModels, startWorker } = await import('@gstd/worker')
    await checkModels(model, network, context.signal)
    const owner = await openOwner(context, ownerName ?? name, network)
    const payoutAddress = given ?? owner.address
    const relay = createRelay()
    return runDaemon(context, async () => {
      const worker: Worker = await startWorker({
        stateDir: workerDir(stateDir, name),
        network,
        owner: { signer: owner.signer, address: owner.address, wallet: owner.version },
        payoutAddress,
        slots,
        ...(model.length > 0 && { models: model }),
        modelCacheDir: resolve(process.env['GSTD_MODEL_CACHE'] ?? modelsDir(stateDir)),
        ...(ipfsGateway !== undefined && { ipfsGateway }),
        allowLoopback: network.name === 'devnet',
        onEvent: relay.emit,
      })
      const dashboard = output.interactive
        ? (await import('./showDashboard.tsx')).showDashboard({ name, worker, payoutAddress })
        : undefined
      return {
        ready: { name, device_id: worker.deviceId, owner: owner.address, payout_address: payoutAddress },
        text: `worker ${output.style.bold(name)} is device ${worker.deviceId}, earnings go to ${payoutAddress}`,
        onReady: () => relay.listen(dashboard?.show ?? showLines(context)),
        onStopping: () => {
          dashboard?.close()
          relay.listen(showLines(context))
        },
        stop: () => worker.finish(FINISH_MS),
        failed: worker.failed,
      }
    })
  },
})
