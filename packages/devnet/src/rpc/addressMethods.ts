import { Address } from '@ton/core'
import { z } from 'zod'
import { defineMethod } from './method.ts'
import { addressParameter } from './parameters.ts'

const friendly = (address: Address, bounceable: boolean, testOnly: boolean) => ({
  b64: address.toString({ bounceable, testOnly, urlSafe: false }),
  b64url: address.toString({ bounceable, testOnly }),
})

const givenAddress = z.string().transform((text, context) => {
  const parsed = addressParameter.safeParse(text)
  if (parsed.success) return { text, address: parsed.data }
  context.addIssue({ code: 'custom', message: 'failed to parse address' })
  return z.NEVER
})

/** Tells a raw address from the two friendly kinds. */
const detect = (text: string, address: Address) => {
  const given = Address.isFriendly(text) ? Address.parseFriendly(text) : undefined
  const testOnly = given?.isTestOnly ?? false
  const kind = given === undefined ? 'raw_form' : `friendly_${given.isBounceable ? '' : 'non_'}bounceable`
  return {
    raw_form: address.toRawString(),
    bounceable: friendly(address, true, testOnly),
    non_bounceable: friendly(address, false, testOnly),
    given_type: kind,
    test_only: testOnly,
  }
}

/** Forms of an address. */
export const addressMethods = [
  defineMethod({
    name: 'detectAddress',
    parameters: z
      .object({ address: z.string() })
      .transform(({ address }) => address)
      .pipe(givenAddress),
    run: (_chain, { text, address }) => detect(text, address),
  }),
  defineMethod({
    name: 'packAddress',
    parameters: z.object({ address: addressParameter }),
    run: (_chain, { address }) => address.toString({ urlSafe: false }),
  }),
  defineMethod({
    name: 'unpackAddress',
    parameters: z.object({ address: addressParameter }),
    run: (_chain, { address }) => address.toRawString(),
  }),
]
