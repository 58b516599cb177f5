import { chainCodes } from './codes/chain.ts'
import { configCodes } from './codes/config.ts'
import { deviceCodes } from './codes/device.ts'
import { documentCodes } from './codes/document.ts'
import { intakeCodes } from './codes/intake.ts'
import { networkCodes } from './codes/network.ts'
import { taskCodes } from './codes/task.ts'

/** Every error code of the project; `docs/errors.md` is checked against this table. */
export const codes = {
  ...documentCodes,
  ...intakeCodes,
  ...taskCodes,
  ...deviceCodes,
  ...chainCodes,
  ...networkCodes,
  ...configCodes,
}

export type ErrorCode = keyof typeof codes

/** @returns whether `value` is a code of this version. */
export const isErrorCode = (value: string): value is ErrorCode => Object.hasOwn(codes, value)
