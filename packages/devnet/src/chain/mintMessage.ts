import { Address, beginCell, Cell, storeMessage } from '@ton/core'

/** On every TON network new coins come from this address. */
const MINT = new Address(-1, Buffer.alloc(32))

/** Builds the message that brings new coins to an account; one without a contract takes them too. */
export const mintMessage = (
  { address, amountNano }: { address: Address; amountNano: bigint },
  createdLt: bigint,
  nowSec: number,
): Cell =>
  beginCell()
    .store(
      storeMessage({
        info: {
          type: 'internal',
          ihrDisabled: true,
          bounce: false,
          bounced: false,
          src: MINT,
          dest: address,
          value: { coins: amountNano },
          ihrFee: 0n,
          forwardFee: 0n,
          createdLt,
          createdAt: nowSec,
        },
        body: Cell.EMPTY,
      }),
    )
    .endCell()
