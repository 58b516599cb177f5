import type { Cell } from '@ton/core'
import { z } from 'zod'
import { type Chain, MessageRefused } from '../chain/createChain.ts'
import { defineMethod } from './method.ts'
import { bocParameter } from './parameters.ts'
import { nodeError } from './toncenterError.ts'

/** TON's limit for a message, 65,535 bytes, in base64. */
const MAX_BASE64 = 87_380

const parameters = z.object({ boc: z.string().max(MAX_BASE64, 'too large').pipe(bocParameter) })

const submit = async (chain: Chain, message: Cell): Promise<void> => {
  try {
    await chain.submit(message)
  } catch (thrown) {
    if (!(thrown instanceof MessageRefused)) throw thrown
    const { exitCode, message: reason } = thrown
    const why = exitCode === undefined ? reason : `${reason}\nexitcode=${exitCode}`
    throw nodeError(`cannot apply external message to current state : ${why}`)
  }
}

/** Messages from outside: the network answers when it has taken them, and a block applies them. */
export const sendMethods = [
  defineMethod({
    name: 'sendBoc',
    parameters,
    run: async (chain, { boc }) => {
      await submit(chain, boc)
      return { '@type': 'ok' }
    },
  }),
  defineMethod({
    name: 'sendBocReturnHash',
    parameters,
    run: async (chain, { boc }) => {
      await submit(chain, boc)
      const hash = boc.hash().toString('base64')
      return { '@type': 'raw.extMessageInfo', hash, hash_norm: hash }
    },
  }),
]
