import { once } from 'node:events'
import { open, rename, rm } from 'node:fs/promises'
import type { LogExport } from '@gstd/auditor'
import { defineCommand } from '../program/command.ts'
import { asInteger, asText, optional } from '../program/option.ts'
import { facts } from '../output/style.ts'
import { auditorDir } from '../state/paths.ts'

const toStdout = async (log: LogExport): Promise<void> => {
  for await (const line of log.lines()) if (!process.stdout.write(line)) await once(process.stdout, 'drain')
}

/** The file is there whole, or not at all. */
const toFile = async (log: LogExport, file: string): Promise<void> => {
  const temporary = `${file}.tmp`
  const handle = await open(temporary, 'w', 0o644)
  try {
    for await (const line of log.lines()) await handle.write(line)
    await handle.sync()
  } catch (thrown) {
    await rm(temporary, { force: true })
    throw thrown
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

export const auditorExport = defineCommand({
  name: 'auditor export',
  summary: 'write the log that the auditor has kept, for a coordinator that lost it',
  description:
    'Writes the entries that the auditor has verified and kept, with its signed head over them: a line of JSON each. A coordinator whose database was restored from a backup gets back with it what it lacks (gstd coordinator restore). The auditor may be running meanwhile.',
  options: {
    from: optional({
      flags: '--from <index>',
      summary: 'first entry to write (default: the oldest that is kept)',
      parse: asInteger(0, Number.MAX_SAFE_INTEGER),
    }),
    file: optional({ flags: '-o, --file <file>', summary: 'write into this file (default: stdout)', parse: asText }),
  },
  examples: ['gstd auditor export --from 1200 --file entries.jsonl', 'gstd auditor export > entries.jsonl'],
  run: async (context, { from, file }) => {
    const { exportLog } = await import('@gstd/auditor')
    const log = await exportLog(auditorDir(context.stateDir), from)
    if (file === undefined) {
      await toStdout(log)
      return undefined
    }
    await toFile(log, file)
    const { size } = log.head.head
    return {
      data: { file, from: log.from, size },
      human: (style) =>
        facts(style, [
          ['file', style.bold(file)],
          ['entries', `${log.from} to ${size - 1}`],
          ['next', 'stop the coordinator, then: gstd coordinator restore --log FILE'],
        ]),
      quiet: file,
    }
  },
})
