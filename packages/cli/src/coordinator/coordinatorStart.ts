import { GstdError } from '@gstd/sdk'
import { chainAccessFromEnv } from '../chain/chainAccess.ts'
import { defineCommand } from '../program/command.ts'
import { optional, repeated, withDefault } from '../program/option.ts'
import { runDaemon } from '../program/runDaemon.ts'
import { saveCoordinatorUrl } from '../network/saveCoordinatorUrl.ts'
import { coordinatorDir } from '../state/paths.ts'
import { asDatabase } from './asDatabase.ts'
import { asDrainMs } from './asDrainMs.ts'
import { listenOf, parseListen } from './parseListen.ts'

const asHost = (text: string): string => {
  if (URL.parse(`https://${text}`)?.host === text) return text
  throw new GstdError('USAGE_INVALID', `"${text}" is no host, such as app.example or localhost:5173`)
}

export const coordinatorStart = defineCommand({
  name: 'coordinator start',
  summary: 'run the coordinator of a network',
  description:
    'Runs the coordinator: takes tasks in, matches them with devices, judges answers, settles on chain. It computes nothing itself. Everything it has acknowledged is in its database and survives a kill. Ctrl-C stops it in order, a second one at once.',
  options: {
    listen: optional({
      flags: '--listen <host:port>',
      summary: 'where to listen; port 0 takes a free one (default: the address in the network’s file)',
      parse: parseListen,
    }),
    database: optional({
      flags: '--database <dir|url>',
      summary:
        'folder of the embedded database (default: coordinator/ in the state folder), or postgres://… of a server, which networks other than a devnet need',
      env: 'GSTD_DATABASE',
      parse: asDatabase,
    }),
    proofDomain: repeated({
      flags: '--proof-domain <host>',
      summary: 'host of a web page whose users may read with their wallets (TonConnect); may be repeated',
      parse: asHost,
    }),
    drain: withDefault(
      {
        flags: '--drain <duration>',
        summary: 'when stopped, time for devices to finish what they have, at most 25s',
        parse: asDrainMs,
      },
      '5s',
    ),
  },
  examples: [
    'gstd coordinator start',
    'gstd coordinator start --listen 127.0.0.1:0 --output json',
    'gstd coordinator start --database postgres://gstd@db.example/gstd?sslmode=verify-full',
  ],
  run: async (context, { listen, database, proofDomain, drain }) =>
    runDaemon(context, async () => {
      const { stateDir, output } = context
      const network = await context.network()
      const address = listen ?? listenOf(network.coordinator)
      if (address === undefined) {
        throw new GstdError('CONFIG_MISSING', 'the network’s file names a coordinator on another machine', {
          details: { coordinator: network.coordinator, next: 'gstd coordinator start --listen 127.0.0.1:7411' },
          hint: 'say with --listen where this one is to listen',
        })
      }
      const { hidePassword, startCoordinator } = await import('@gstd/coordinator')
      const { openOperatorWallet, openSeed } = await import('../keys/operatorKeys.ts')
      const { createLogger } = await import('./createLogger.ts')
      const keyring = context.keyring(network)
      const { seed } = await openSeed(keyring, 'coordinator', network.coordinator_key)
      const operator = await openOperatorWallet(keyring)
      const location = { databaseDir: coordinatorDir(stateDir), ...database }
      const coordinator = await startCoordinator({
        network,
        ...location,
        listen: address,
        chainAccess: chainAccessFromEnv(process.env),
        proofDomains: proofDomain,
        keys: { coordinatorSeed: seed, operatorWallet: operator },
        logger: createLogger(output.mode, process.stderr),
      })
      const networkFile = await saveCoordinatorUrl(context, coordinator.url)
      return {
        ready: {
          url: coordinator.url,
          database: 'databaseUrl' in location ? hidePassword(location.databaseUrl) : location.databaseDir,
          network_file: networkFile,
        },
        text: `coordinator of ${network.name} at ${output.style.bold(coordinator.url)}`,
        stop: () => coordinator.stop({ drainMs: drain }),
      }
    }),
})
