import { type Address, beginCell, Cell } from '@ton/core'

/** `escrow_charge#47450004`: what the vault makes of a charge. */
export const escrowChargeCell = (
  {
    body,
    epoch,
    fundedFrom = epoch,
    windowFrom = 1,
  }: { body: Cell; epoch: number; fundedFrom?: number; windowFrom?: number },
  payer: Address,
): Cell => {
  const [sums = Cell.EMPTY, authorisation = Cell.EMPTY] = body.refs
  return beginCell()
    .storeUint(0x47450004, 32)
    .storeUint(0, 64)
    .storeUint(epoch, 32)
    .storeAddress(payer)
    .storeUint(fundedFrom, 32)
    .storeUint(windowFrom, 32)
    .storeRef(sums)
    .storeRef(authorisation)
    .endCell()
}

/** `fund#47560002`: what an escrow makes of it. */
export const fundCell = (fund: {
  deltaNano: bigint
  epoch: number
  tasks?: number
  owner: Address
  payer: Address
}): Cell =>
  beginCell()
    .storeUint(0x47560002, 32)
    .storeUint(0, 64)
    .storeCoins(fund.deltaNano)
    .storeUint(fund.epoch, 32)
    .storeUint(fund.tasks ?? 0, 32)
    .storeAddress(fund.owner)
    .storeAddress(fund.payer)
    .endCell()

/** `reclaim_funds#47560007`: what an escrow makes of a reclaim. */
export const reclaimFundsCell = (reclaim: { deltaNano: bigint; epoch: number; owner: Address }): Cell =>
  beginCell()
    .storeUint(0x47560007, 32)
    .storeUint(0, 64)
    .storeCoins(reclaim.deltaNano)
    .storeUint(reclaim.epoch, 32)
    .storeAddress(reclaim.owner)
    .endCell()

/** The bounce of a fund, which takes a charge back. */
export const bouncedFundCell = (fund: { deltaNano: bigint; epoch: number; tasks: number }): Cell =>
  beginCell()
    .storeUint(0xffffffff, 32)
    .storeUint(0x47560002, 32)
    .storeUint(0, 64)
    .storeCoins(fund.deltaNano)
    .storeUint(fund.epoch, 32)
    .storeUint(fund.tasks, 32)
    .endCell()
