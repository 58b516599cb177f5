import { accountMethods } from './accountMethods.ts'
import { addressMethods } from './addressMethods.ts'
import { blockMethods } from './blockMethods.ts'
import { configMethods } from './configMethods.ts'
import { feeMethods } from './feeMethods.ts'
import { getMethods } from './getMethods.ts'
import type { Method } from './method.ts'
import { sendMethods } from './sendMethods.ts'
import { transactionMethods } from './transactionMethods.ts'

/** Every method of the dialect by its name. */
export const methods: ReadonlyMap<string, Method> = new Map(
  [
    ...accountMethods,
    ...addressMethods,
    ...blockMethods,
    ...configMethods,
    ...feeMethods,
    ...getMethods,
    ...sendMethods,
    ...transactionMethods,
  ].map((method) => [method.name, method]),
)
