import { setTimeout as delay } from 'node:timers/promises'
import { signedHeadSchema } from '@gstd/sdk'
import { z } from 'zod'
import type { LoadNetwork } from './startNetwork.ts'

const INTERVAL_MS = 20
const STALLED_MS = 60_000

const answerSchema = z.object({ head: signedHeadSchema.nullable() })

type Mark = { size: number; atMs: number }

/**
 * Lets an auditor catch up on the log, whose entries it signs page by page.
 *
 * @param log - how many entries there are, and of how many tasks
 * @returns tasks per second between its first signature and the one over all of them; undefined where one signature
 * covered all
 */
export const measureAuditor = async (
  { network, startAuditor }: Pick<LoadNetwork, 'network' | 'startAuditor'>,
  log: { entries: number; tasks: number },
): Promise<number | undefined> => {
  const starting = startAuditor()
  // It says that it is ready only after it has caught up, or a while; whatever fails shows below, too.
  starting.catch(() => undefined)
  let first: Mark | undefined
  let last: Mark = { size: 0, atMs: performance.now() }
  while (last.size < log.entries) {
    const answer = await fetch(`${network.coordinator}/api/v1/log/head`)
    const { head } = answerSchema.parse(await answer.json())
    const size = head?.head.size ?? 0
    const atMs = performance.now()
    if (size > last.size) {
      last = { size, atMs }
      first ??= last
    } else if (atMs - last.atMs > STALLED_MS) {
      throw new Error(`the auditor has signed ${size} of ${log.entries} entries and does not go on`)
    }
    await delay(INTERVAL_MS)
  }
  await starting
  if (first === undefined || first.size === last.size) return undefined
  const tasks = (log.tasks * (last.size - first.size)) / log.entries
  return (tasks / (last.atMs - first.atMs)) * 1000
}
