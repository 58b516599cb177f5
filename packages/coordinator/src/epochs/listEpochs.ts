import type { EpochView } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'

export type EpochFilter = { before?: number | undefined; limit: number }

type StoredEpoch = Omit<EpochView, 'fees'> & {
  charges_nano: string | null
  commit_nano: string | null
  exec_nano: string | null
}

const PERCENT_DECIMALS = 10_000n

/** @returns fees in per cent of what was paid, to four decimals; undefined where nothing was. */
const overheadPercent = (feesNano: bigint, rewardsNano: bigint): number | undefined =>
  rewardsNano === 0n ? undefined : Number((feesNano * 100n * PERCENT_DECIMALS) / rewardsNano) / Number(PERCENT_DECIMALS)

const toView = ({ charges_nano, commit_nano, exec_nano, ...epoch }: StoredEpoch): EpochView => {
  if (charges_nano === null || commit_nano === null || exec_nano === null) return epoch
  const feesNano = BigInt(charges_nano) + BigInt(commit_nano) + BigInt(exec_nano)
  const percent = overheadPercent(feesNano, BigInt(epoch.rewards_nano))
  return {
    ...epoch,
    fees: { charges_nano, commit_nano, exec_nano, ...(percent !== undefined && { overhead_percent: percent }) },
  }
}

/** Reads what paid epochs have paid and cost, the newest first. */
export const listEpochs = async (queries: Queries, { before, limit }: EpochFilter): Promise<EpochView[]> => {
  const rows = await queries.query<StoredEpoch>(
    `SELECT epoch, executed_at, tasks, devices, rewards_nano::text AS rewards_nano,
       charges_fee_nano::text AS charges_nano, commit_fee_nano::text AS commit_nano, exec_fee_nano::text AS exec_nano
     FROM epochs WHERE $1::int8 IS NULL OR epoch < $1 ORDER BY epoch DESC LIMIT $2`,
    [before ?? null, limit],
  )
  return rows.map(toView)
}
