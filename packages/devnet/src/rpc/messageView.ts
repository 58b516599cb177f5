import { type Address, beginCell, type Cell, type ExternalAddress, loadMessage, storeStateInit } from '@ton/core'

const TEXT_COMMENT = 0

const base64 = (cell: Cell): string => cell.toBoc().toString('base64')

const addressText = (address: Address | ExternalAddress | null | undefined): string => address?.toString() ?? ''

/** A comment is a body that begins with 32 zero bits. */
const commentOf = (body: Cell): string | undefined => {
  const slice = body.beginParse()
  if (body.isExotic || slice.remainingBits < 32 || slice.loadUint(32) !== TEXT_COMMENT) return undefined
  try {
    return slice.loadStringTail()
  } catch {
    return undefined
  }
}

/** Shows a message as toncenter does: comments as text, other bodies as BoCs. */
export const messageView = (cell: Cell) => {
  const { info, body, init } = loadMessage(cell.beginParse())
  const comment = commentOf(body)
  const internal = info.type === 'internal' ? info : undefined
  const fee = info.type === 'internal' ? info.forwardFee : info.type === 'external-in' ? info.importFee : 0n
  const initState = init ? base64(beginCell().store(storeStateInit(init)).endCell()) : ''
  return {
    '@type': 'raw.message',
    hash: cell.hash().toString('base64'),
    source: addressText(info.src),
    destination: addressText(info.dest),
    value: (internal?.value.coins ?? 0n).toString(),
    extra_currencies: [...(internal?.value.other ?? [])].map(([id, amount]) => ({
      '@type': 'extraCurrency',
      id,
      amount: amount.toString(),
    })),
    fwd_fee: fee.toString(),
    ihr_fee: (internal?.ihrFee ?? 0n).toString(),
    created_lt: (info.type === 'external-in' ? 0n : info.createdLt).toString(),
    body_hash: body.hash().toString('base64'),
    msg_data:
      comment === undefined
        ? { '@type': 'msg.dataRaw', body: base64(body), init_state: initState }
        : { '@type': 'msg.dataText', text: Buffer.from(comment).toString('base64') },
    message: comment ?? `${base64(body)}\n`,
  }
}
