import { type LogBody, reputationOf, requesterReputationOf } from '@gstd/sdk'
import { readDeviceRecords } from '../devices/deviceStatistics.ts'
import { readRequesterRecords } from '../intake/requesterRecords.ts'
import type { Queries } from '../storage/database.ts'

/** @returns what a commit publishes of every device that anything was counted for, and of every requester with a task. */
export const readReputations = async (
  queries: Queries,
): Promise<Pick<LogBody<'commit'>, 'reputations' | 'requesters'>> => {
  const devices = await readDeviceRecords(queries)
  const requesters = await readRequesterRecords(queries)
  return {
    reputations: devices.map(({ deviceId, record }) => ({ device_id: deviceId, reputation: reputationOf(record) })),
    requesters: requesters.map(({ requester, record }) => ({ requester, reputation: requesterReputationOf(record) })),
  }
}
