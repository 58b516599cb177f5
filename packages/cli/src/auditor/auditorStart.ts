import type { AuditorEvent } from '@gstd/auditor'
import { chainAccessFromEnv } from '../chain/chainAccess.ts'
import { defineCommand } from '../program/command.ts'
import { runDaemon, toEventData } from '../program/runDaemon.ts'
import { auditorDir } from '../state/paths.ts'
import { asDurationMs, withDefault } from '../program/option.ts'
import type { Context } from '../program/context.ts'
import { findCoordinator } from './findCoordinator.ts'
import { describeAuditorEvent } from './describeAuditorEvent.ts'

type Listener = (event: AuditorEvent) => void

/** Shows events once `ready` was shown; those before are kept. */
const createRelay = ({ output }: Context): { emit: Listener; listen: () => void } => {
  const early: AuditorEvent[] = []
  const show: Listener = (event) => {
    const text = describeAuditorEvent(event)
    if (output.mode === 'human' && text === undefined) return
    const { type, ...data } = event
    output.event(type, toEventData(data), text)
  }
  let listener: Listener = (event) => void early.push(event)
  return {
    emit: (event) => listener(event),
    listen: () => {
      listener = show
      for (const event of early.splice(0)) show(event)
    },
  }
}

export const auditorStart = defineCommand({
  name: 'auditor start',
  summary: 'run the second key that re-checks everything before money moves',
  description:
    'Follows the coordinator’s log, verifies every entry anew, and signs what holds: heads, charges, commits. What does not hold is refused with the exact reason. It keeps what it has signed in its folder, so that it never contradicts itself. Ctrl-C stops it in order.',
  options: {
    keepLog: withDefault(
      {
        flags: '--keep-log <duration>',
        summary: 'how long entries of the log are kept; longer where a task is not settled',
        parse: asDurationMs,
      },
      '14d',
    ),
  },
  examples: ['gstd auditor start', 'gstd auditor start --output json'],
  run: async (context, { keepLog }) =>
    runDaemon(context, async () => {
      const { stateDir, output } = context
      const network = await context.network()
      const { startAuditor } = await import('@gstd/auditor')
      const { openSeed } = await import('../keys/operatorKeys.ts')
      const { seed } = await openSeed(context.keyring(network), 'auditor', network.auditor_key)
      const relay = createRelay(context)
      const auditor = await startAuditor({
        network,
        seed,
        stateDir: auditorDir(stateDir),
        keepLogMs: keepLog,
        findCoordinator: () => findCoordinator(context, network),
        chainAccess: chainAccessFromEnv(process.env),
        onEvent: relay.emit,
      })
      return {
        ready: { coordinator: auditor.coordinator, size: auditor.size },
        text: `auditor of ${network.name} follows ${output.style.bold(auditor.coordinator)}, ${auditor.size} entries verified`,
        onReady: relay.listen,
        stop: () => auditor.stop(),
      }
    }),
})
