import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Chain } from '../chain/createChain.ts'
import { addressParameter } from '../rpc/parameters.ts'
import { unprocessable } from '../rpc/toncenterError.ts'

/** A thousand million TON at once, in nano. */
const MAX_FAUCET_NANO = 10n ** 18n
const MAX_ADVANCE_SEC = 10 * 366 * 86_400

const faucetSchema = z.object({
  address: addressParameter,
  amount_nano: z
    .string()
    .regex(/^[1-9]\d{0,18}$/, 'should be nano TON as decimal digits')
    .transform(BigInt)
    .pipe(z.bigint().max(MAX_FAUCET_NANO)),
})

const advanceSchema = z.object({ seconds: z.int().min(0).max(MAX_ADVANCE_SEC) })

const parse = <Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw unprocessable(z.prettifyError(parsed.error))
  return parsed.data
}

/** What only a devnet has: coins for the asking, and time that can be moved ahead. */
export const adminRoutes = (server: FastifyInstance, chain: Chain): void => {
  server.post('/faucet', async ({ body }) => {
    const { address, amount_nano: amountNano } = parse(faucetSchema, body)
    const lt = await chain.mint(address, amountNano)
    return { ok: true, address: address.toRawString(), amount_nano: amountNano.toString(), lt: lt.toString() }
  })
  server.post('/devnet/advance', async ({ body }) => {
    const { seconds } = parse(advanceSchema, body)
    return { ok: true, now: await chain.advance(seconds) }
  })
}
