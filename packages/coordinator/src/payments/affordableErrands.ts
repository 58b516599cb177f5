import type { Errand } from './operatorWallet.ts'

const attachedNano = ({ message: { value } }: Errand): bigint => (typeof value === 'bigint' ? value : 0n)

/** What a message takes from the wallet: what is attached, and a fifth of it for the wallet's own fees. */
const costNano = (errand: Errand): bigint => attachedNano(errand) + attachedNano(errand) / 5n

/** @returns what errands cost together, nano */
export const errandsCostNano = (errands: readonly Errand[]): bigint =>
  errands.reduce((sum, errand) => sum + costNano(errand), 0n)

/** @returns the first errands that a wallet can pay for; the others wait until more is paid in. */
export const affordableErrands = (errands: readonly Errand[], balanceNano: bigint): Errand[] => {
  let leftNano = balanceNano
  const first = errands.findIndex((errand) => {
    leftNano -= costNano(errand)
    return leftNano < 0n
  })
  return first === -1 ? [...errands] : errands.slice(0, first)
}
