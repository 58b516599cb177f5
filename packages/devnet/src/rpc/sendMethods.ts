import type { Cell } from '@ton/core'
import { z } from 'zod'
import { type Chain, MessageRefused } from '../chain/createChain.ts'
import { defineMethod } from './method.ts'
import { bocParameter } from './parameters.ts'
import { nodeError, unprocessable } from './toncenterError.ts'

/** TON's limit for a message. */
const MAX_MESSAGE_BYTES = 65_535

const parameters = z.object({ boc: bocParameter })

const submit = async (chain: Chain, message: Cell): Promise<void> => {
  if (message.toBoc().length > MAX_MESSAGE_BYTES) throw unprocessable('boc: too large')
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
