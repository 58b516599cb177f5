import { resolve } from 'node:path'
import { chainAccessFromEnv } from '../chain/chainAccess.ts'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { optional, required } from '../program/option.ts'
import { coordinatorDir } from '../state/paths.ts'
import { asDatabase } from './asDatabase.ts'

const asFile = (text: string): string => resolve(text)

export const coordinatorRestore = defineCommand({
  name: 'coordinator restore',
  summary: 'give a database from a backup the log that it lacks',
  description:
    'Adds to the database of a stopped coordinator the entries that the auditor has kept since the backup was made (gstd auditor export), and what follows from them. The file is checked first: it must continue the database’s log, up to a head that the network’s auditor signed. Killed and run again, it goes on where it was.',
  options: {
    log: required({ flags: '--log <file>', summary: 'what the auditor exported', parse: asFile }),
    database: optional({
      flags: '--database <dir|url>',
      summary: 'the coordinator’s database, as for `coordinator start` (default: coordinator/ in the state folder)',
      env: 'GSTD_DATABASE',
      parse: asDatabase,
    }),
  },
  examples: ['gstd coordinator restore --log entries.jsonl'],
  run: async (context, { log, database }) => {
    const network = await context.network()
    const location = { databaseDir: coordinatorDir(context.stateDir), ...database }
    const { hidePassword, restoreLog } = await import('@gstd/coordinator')
    const { before, size } = await restoreLog({
      network,
      ...location,
      logFile: log,
      chainAccess: chainAccessFromEnv(process.env),
    })
    const name = 'databaseUrl' in location ? hidePassword(location.databaseUrl) : location.databaseDir
    return {
      data: { database: name, before, size },
      human: (style) =>
        facts(style, [
          ['database', style.bold(name)],
          ['entries', `${size}, of which ${size - before} are restored`],
          ['next', 'gstd coordinator start'],
        ]),
      quiet: String(size - before),
    }
  },
})
