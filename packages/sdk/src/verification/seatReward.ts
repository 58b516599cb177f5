import { parseAmount } from '../canonical/amount.ts'
import type { TaskDescriptor } from '../documents/descriptor.ts'
import type { NetworkParameters } from '../documents/parameters.ts'
import { computeFinalReward } from '../formulas/computeFinalReward.ts'
import type { CountedFigures } from './countedFigures.ts'

/**
 * The final reward of one agreeing execution, in nano: protocol §9 with the network's rates; unattested energy
 * earns its bonus at a reduced rate.
 *
 * @param deviceReputation - the device's last committed reputation before dispatch, 0..1
 */
export const seatReward = (
  descriptor: Pick<TaskDescriptor, 'reward' | 'constraints'>,
  figures: CountedFigures,
  deviceReputation: number,
  rates: NetworkParameters['rates'],
): bigint =>
  computeFinalReward(
    {
      baseNano: parseAmount(descriptor.reward.amount_ton),
      maxEnergyMwh: descriptor.constraints.max_energy_mwh,
      actualEnergyMwh: figures.energyMwh,
      timeLimitSec: descriptor.constraints.time_limit_sec,
      actualTimeSec: figures.observedMs / 1000,
      deviceReputation,
      energyBonusRate: rates.energy_bonus * (figures.energyAttested ? 1 : rates.unattested_energy),
    },
    rates,
  )
