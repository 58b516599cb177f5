import { randomBytes } from 'node:crypto'
import { type Address, Cell, getMethodId, type TupleItem } from '@ton/core'
import { Executor } from '@ton/sandbox'
import type { ActiveAccount } from './shardAccount.ts'

export type RunOptions = {
  /** The account before the message, a `ShardAccount` as base64 BoC. */
  account: string
  message: Cell
  /** Unix seconds. */
  nowSec: number
  lt: bigint
  /** Takes every signature for right: for estimates, where the key is not at hand. */
  ignoreSignatures?: boolean
}

/** What a message did to an account, with the transaction's BoC; nothing where an external message was not accepted. */
export type Run =
  | { accepted: true; transaction: Buffer; account: string }
  | { accepted: false; reason: string; exitCode: number | undefined; vmLog: string }

/** `stack` is a `VmStack`. */
export type GetMethodRun = { exitCode: number; gasUsed: number; stack: Cell }

/** TON's own transaction and method emulator. Each call keeps the thread for as long as the TVM runs. */
export type Emulator = {
  run(options: RunOptions): Promise<Run>
  runGetMethod(options: {
    address: Address
    account: ActiveAccount
    method: string | number
    stack: TupleItem[]
    nowSec: number
  }): Promise<GetMethodRun>
}

/** What a get-method may use up. */
const GET_METHOD_GAS = 1_000_000n

/**
 * Loads the emulator.
 *
 * @param config - the network's configuration as base64 BoC
 */
export const createEmulator = async (config: string): Promise<Emulator> => {
  let executor = await Executor.create()
  /** What has trapped once is in no known state: its memory is not used again. */
  const renewOnTrap = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    try {
      return await call()
    } catch (thrown) {
      if (thrown instanceof WebAssembly.RuntimeError) executor = await Executor.create()
      throw thrown
    }
  }
  const common = { config, verbosity: 'short', debugEnabled: false } as const
  return {
    run: async ({ account, message, nowSec, lt, ignoreSignatures = false }) => {
      const options = {
        ...common,
        libs: null,
        shardAccount: account,
        message,
        now: nowSec,
        lt,
        randomSeed: randomBytes(32),
        ignoreChksig: ignoreSignatures,
      }
      const { result } = await renewOnTrap(() => executor.runTransaction(options))
      if (result.success) {
        return { accepted: true, transaction: Buffer.from(result.transaction, 'base64'), account: result.shardAccount }
      }
      const { error, vmResults } = result
      return { accepted: false, reason: error, exitCode: vmResults?.vmExitCode, vmLog: vmResults?.vmLog ?? '' }
    },
    runGetMethod: async ({ address, account, method, stack, nowSec }) => {
      const options = {
        ...common,
        code: account.code,
        data: account.data,
        methodId: typeof method === 'number' ? method : getMethodId(method),
        stack,
        address,
        unixTime: nowSec,
        balance: account.balanceNano,
        randomSeed: randomBytes(32),
        gasLimit: GET_METHOD_GAS,
      }
      const { output } = await renewOnTrap(() => executor.runGetMethod(options))
      if (!output.success) throw new Error(output.error)
      return {
        exitCode: output.vm_exit_code,
        gasUsed: Number(output.gas_used),
        stack: Cell.fromBase64(output.stack),
      }
    },
  }
}
