import type { z } from 'zod'
import type { Chain } from '../chain/createChain.ts'
import { unprocessable } from './toncenterError.ts'

/** A method of the dialect, as data. */
export type Method = {
  readonly name: string
  /** @throws ToncenterError, also where the parameters make no sense */
  readonly call: (chain: Chain, parameters: unknown) => Promise<unknown>
}

/** Declares a method; `run` gets checked parameters. */
export const defineMethod = <Schema extends z.ZodType>(method: {
  name: string
  parameters: Schema
  run: (chain: Chain, parameters: z.output<Schema>) => unknown
}): Method => ({
  name: method.name,
  call: async (chain, raw) => {
    const parsed = method.parameters.safeParse(raw)
    if (parsed.success) return method.run(chain, parsed.data)
    const [issue] = parsed.error.issues
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
    throw unprocessable(`${where}${issue?.message ?? 'wrong parameters'}`)
  },
})
