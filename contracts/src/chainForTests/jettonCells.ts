import { type Address, beginCell, type Cell } from '@ton/core'

/** `transfer#0f8a7ea5`, as an owner sends it to its jetton wallet. */
export const jettonTransferCell = (transfer: {
  amountNano: bigint
  to: Address
  responseTo: Address
  forwardNano: bigint
}): Cell =>
  beginCell()
    .storeUint(0x0f8a7ea5, 32)
    .storeUint(0, 64)
    .storeCoins(transfer.amountNano)
    .storeAddress(transfer.to)
    .storeAddress(transfer.responseTo)
    .storeBit(false)
    .storeCoins(transfer.forwardNano)
    .storeBit(false)
    .endCell()

/** `transfer_notification#7362d09c`: what a wallet makes of jettons that have come from `from`. */
export const jettonNotificationCell = (amountNano: bigint, from: Address | null): Cell =>
  beginCell()
    .storeUint(0x7362d09c, 32)
    .storeUint(0, 64)
    .storeCoins(amountNano)
    .storeAddress(from)
    .storeBit(false)
    .endCell()

/** The bounce of a transfer that an account has asked for, by its purpose. */
export const bouncedTransferCell = (amountNano: bigint, purpose: number): Cell =>
  beginCell()
    .storeUint(0xffffffff, 32)
    .storeUint(0x0f8a7ea5, 32)
    .storeUint(purpose, 64)
    .storeCoins(amountNano)
    .endCell()
