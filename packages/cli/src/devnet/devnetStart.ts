import type { Devnet } from '@gstd/devnet'
import { GstdError, type NetworkConfig, networkConfigSchema } from '@gstd/sdk'
import type { Context } from '../program/context.ts'
import { defineCommand } from '../program/command.ts'
import { asInteger, asOneOf, optional, withDefault } from '../program/option.ts'
import { runDaemon } from '../program/runDaemon.ts'
import { type ListenAddress, listenOf, parseListen } from '../coordinator/parseListen.ts'
import { readJsonFile, writeJsonFile } from '../state/jsonFile.ts'
import { makeDir } from '../state/makeDir.ts'
import { devnetDir, networkFile } from '../state/paths.ts'
import { DEVNET_GLOBAL_ID } from '../keystore/createKeyring.ts'
import type { Style } from '../output/style.ts'

const DEFAULT_LISTEN = '127.0.0.1:7410'
const DEFAULT_COORDINATOR_PORT = 7411

const asPort = asInteger(0, 65_535)

const describe = (context: Context, style: Style, endpoint: string, restored: boolean): string => {
  const next = ['gstd coordinator start', 'gstd auditor start', 'gstd wallet create --fund']
  return [
    `local TON network at ${style.bold(endpoint)}, ${restored ? 'as it was left' : 'contracts deployed'}`,
    'next, each in a terminal of its own:',
    ...next.map((words) => `  ${context.commandLine(words)}`),
  ].join('\n')
}

/** @returns where to listen, and where else: what was there before stays where others know it, if it can. */
const listenAddresses = (
  listen: ListenAddress | undefined,
  port: number | undefined,
  known: NetworkConfig | undefined,
): ListenAddress[] => {
  const first = listen ?? parseListen(DEFAULT_LISTEN)
  if (port !== undefined) return [{ ...first, port }]
  const before = listen === undefined && known?.name === 'devnet' ? listenOf(known.endpoint) : undefined
  return before === undefined || before.port === first.port ? [before ?? first] : [before, first]
}

const startWhereFree = async (
  [address, ...others]: readonly ListenAddress[],
  note: (text: string) => void,
  start: (address: ListenAddress) => Promise<Devnet>,
): Promise<Devnet> => {
  if (address === undefined) throw new RangeError('no address to listen on')
  try {
    return await start(address)
  } catch (thrown) {
    const [next] = others
    if (next === undefined || !(thrown instanceof GstdError) || thrown.code !== 'PORT_IN_USE') throw thrown
    note(`port ${address.port}, where the devnet was, is taken: it listens on port ${next.port} now`)
    note('start coordinators, auditors and workers anew: those that run look for it where it was')
    return startWhereFree(others, note, start)
  }
}

export const devnetStart = defineCommand({
  name: 'devnet start',
  summary: 'run a local TON network with the contracts',
  description:
    'Runs a TON network on this machine: the real virtual machine and prices, an endpoint that any TON library speaks to, a faucet, and the contracts deployed with keys in the state folder. Started again it goes on where it stopped, also after a kill.',
  options: {
    listen: optional({
      flags: '--listen <host:port>',
      summary: `where to listen; port 0 takes a free one (default: where it listened before, ${DEFAULT_LISTEN} at first)`,
      parse: parseListen,
    }),
    port: optional({ flags: '--port <port>', summary: 'another port than that of --listen', parse: asPort }),
    prices: withDefault(
      {
        flags: '--prices <set>',
        summary: 'gas, forwarding and storage prices: 2026-06 or, six times as high, 2025-12',
        parse: asOneOf(['2026-06', '2025-12']),
      },
      '2026-06',
    ),
    blockMs: withDefault(
      { flags: '--block-ms <ms>', summary: 'time between blocks', parse: asInteger(10, 60_000) },
      '100',
    ),
    coordinatorPort: optional({
      flags: '--coordinator-port <port>',
      summary: `where the network’s file says that the coordinator is, until one is started (default: ${DEFAULT_COORDINATOR_PORT})`,
      parse: asPort,
    }),
  },
  examples: ['gstd devnet start', 'gstd devnet start --port 0 --output json'],
  run: async (context, { listen, port, prices, blockMs, coordinatorPort }) =>
    runDaemon(context, async () => {
      const { stateDir, output, signal } = context
      const { startDevnet } = await import('@gstd/devnet')
      const { openOrMakeOperatorKeys } = await import('../keys/operatorKeys.ts')
      const { deployContracts } = await import('./deployContracts.ts')
      const { createLogger } = await import('../coordinator/createLogger.ts')
      const logger = createLogger(output.mode, process.stderr)
      const file = networkFile(stateDir)
      const known = await readJsonFile(file, networkConfigSchema, 'CONFIG_INVALID', 'the network’s file')
      await makeDir(devnetDir(stateDir))
      const devnet = await startWhereFree(listenAddresses(listen, port, known), output.note, (address) =>
        startDevnet({
          listen: address,
          stateDir: devnetDir(stateDir),
          globalId: DEVNET_GLOBAL_ID,
          prices,
          blockMs,
          onError: (thrown) => logger.error({ err: thrown }, 'the chain could not process a message'),
        }),
      )
      const { endpoint, faucet } = devnet
      const coordinator =
        coordinatorPort === undefined && known !== undefined
          ? known.coordinator
          : `http://127.0.0.1:${coordinatorPort ?? DEFAULT_COORDINATOR_PORT}`
      try {
        const keys = await openOrMakeOperatorKeys(context.keyring({ name: 'devnet', network: DEVNET_GLOBAL_ID }))
        const { network, restored } = await deployContracts({ endpoint, faucet, coordinator }, keys, known, signal)
        await writeJsonFile(file, network, 'public')
        const { vault, gstd_master } = network
        return {
          ready: { endpoint, faucet, vault, gstd_master, network_file: file, restored },
          text: describe(context, output.style, endpoint, restored),
          stop: devnet.stop,
          failed: devnet.failed,
        }
      } catch (thrown) {
        await devnet.stop()
        throw thrown
      }
    }),
})
