import {
  type Address,
  beginCell,
  Cell,
  type Contract,
  contractAddress,
  type ContractProvider,
  Dictionary,
  type DictionaryValue,
  type Sender,
  SendMode,
  type StateInit,
} from '@ton/core'
import { appeal, executeSlash, openAccount, setDevice, unbond, withdraw } from './accountMessages.ts'
import { intToHex, readChecked } from './cells.ts'
import { accountCode as accountBoc } from './code/accountCode.ts'
import { attachNano } from './messages.ts'

/** What the address of an account follows from. */
export type AccountConfig = {
  owner: Address
  vault: Address
  gstdMaster: Address
  /** Where slashed stake goes. */
  treasury: Address
}

/** A slash that is locked, and not executed or vetoed yet. Amounts in nano GSTD. */
export type PendingSlash = {
  fromStakeNano: bigint
  fromUnbondingNano: bigint
  /** Of `slashReasons`. */
  reason: number
  executableAtSec: number
  evidenceHash: string
  /** Zeros for none. */
  appealHash: string
}

/** Amounts in nano GSTD. */
export type AccountState = Omit<AccountConfig, 'gstdMaster' | 'treasury'> & {
  stakeNano: bigint
  unbondingNano: bigint
  /** When all that is unbonding may be withdrawn. */
  unbondedAtSec: number
  /** Number of the last slash that was locked. */
  slashSeq: number
  /** How many were executed. */
  slashes: number
  pending?: PendingSlash
  devices: { deviceId: string; deviceKey: string; reputation: number; updatedAtSec: number }[]
}

const MILLION = 1_000_000

/** @returns the code of the device account. */
export const accountCode = (): Cell => Cell.fromBase64(accountBoc)

/**
 * `account$_ owner:MsgAddressInt vault:MsgAddressInt stake:Coins unbonding:Coins unbonded_at:uint32 slash_seq:uint32
 *  slashes:uint8 device_count:uint8 gstd:^[master:MsgAddressInt treasury:MsgAddressInt wallet:MsgAddress]
 *  pending:(Maybe ^PendingSlash) devices:(HashmapE 128 Device) = AccountStorage;`
 */
const initialData = ({ owner, vault, gstdMaster, treasury }: AccountConfig): Cell =>
  beginCell()
    .storeAddress(owner)
    .storeAddress(vault)
    .storeCoins(0)
    .storeCoins(0)
    .storeUint(0, 32)
    .storeUint(0, 32)
    .storeUint(0, 8)
    .storeUint(0, 8)
    .storeRef(beginCell().storeAddress(gstdMaster).storeAddress(treasury).storeAddress(null))
    .storeMaybeRef(null)
    .storeBit(false)
    .endCell()

type Device = { deviceKey: string; reputation: number; updatedAtSec: number }

/** `device$_ key:uint256 reputation:uint32 updated_at:uint32 = Device;` */
const deviceValue: DictionaryValue<Device> = {
  serialize: () => {
    throw new TypeError('devices are only read')
  },
  parse: (slice) => ({
    deviceKey: intToHex(slice.loadUintBig(256)),
    reputation: slice.loadUint(32) / MILLION,
    updatedAtSec: slice.loadUint(32),
  }),
}

/** `pending_slash$_ from_stake:Coins from_unbonding:Coins reason:uint8 executable_at:uint32 evidence_hash:uint256 appeal_hash:uint256` */
const loadPending = (cell: Cell): PendingSlash => {
  const slice = cell.beginParse()
  return {
    fromStakeNano: slice.loadCoins(),
    fromUnbondingNano: slice.loadCoins(),
    reason: slice.loadUint(8),
    executableAtSec: slice.loadUint(32),
    evidenceHash: intToHex(slice.loadUintBig(256)),
    appealHash: intToHex(slice.loadUintBig(256)),
  }
}

/**
 * The account of one owner's devices: their keys, reputations, and the GSTD that stands for them. To stake, the owner
 * sends GSTD to it from its own wallet, with at least `attachNano.stake` as `forward_ton_amount`.
 */
export class DeviceAccount implements Contract {
  readonly address: Address
  readonly init: StateInit | undefined

  private constructor(address: Address, init?: StateInit) {
    this.address = address
    this.init = init
  }

  static createFromConfig(config: AccountConfig): DeviceAccount {
    const init = { code: accountCode(), data: initialData(config) }
    return new DeviceAccount(contractAddress(0, init), init)
  }

  static createFromAddress(address: Address): DeviceAccount {
    return new DeviceAccount(address)
  }

  /** Deploys it, and lets it ask the master for its GSTD wallet: before that no GSTD is stake. */
  async sendOpen(provider: ContractProvider, via: Sender, options: Options = {}): Promise<void> {
    await send(provider, via, options.valueNano ?? attachNano.openAccount, openAccount(options))
  }

  /** Adds or removes a device's key; at most 16 stand at a time. */
  async sendSetDevice(
    provider: ContractProvider,
    via: Sender,
    options: Options & { deviceKey: string; isAdded: boolean },
  ): Promise<void> {
    await send(provider, via, options.valueNano ?? attachNano.account, setDevice(options))
  }

  /** Takes GSTD out of the stake; all that is unbonding can be withdrawn 7 days after the last such message. */
  async sendUnbond(provider: ContractProvider, via: Sender, options: Options & { amountNano: bigint }): Promise<void> {
    await send(provider, via, options.valueNano ?? attachNano.account, unbond(options))
  }

  async sendWithdraw(provider: ContractProvider, via: Sender, options: Options = {}): Promise<void> {
    await send(provider, via, options.valueNano ?? attachNano.gstdTransfer, withdraw(options))
  }

  /** Puts the hash of an appeal on chain, before the slash can be executed. */
  async sendAppeal(
    provider: ContractProvider,
    via: Sender,
    options: Options & { slashSeq: number; hash: string },
  ): Promise<void> {
    await send(provider, via, options.valueNano ?? attachNano.account, appeal(options))
  }

  /** Executes the pending slash, 72 h after it was locked; anyone may. */
  async sendExecuteSlash(provider: ContractProvider, via: Sender, options: Options = {}): Promise<void> {
    await send(provider, via, options.valueNano ?? attachNano.gstdTransfer, executeSlash(options))
  }

  /**
   * @returns undefined when it is not deployed
   * @throws GstdError `CHAIN_STATE_INVALID`
   */
  async getState(provider: ContractProvider): Promise<AccountState | undefined> {
    const { state } = await provider.getState()
    if (state.type !== 'active') return undefined
    const { stack } = await provider.get('account_data', [])
    return readChecked('the device account', () => {
      const parties = { owner: stack.readAddress(), vault: stack.readAddress() }
      const amounts = { stakeNano: stack.readBigNumber(), unbondingNano: stack.readBigNumber() }
      const counts = { unbondedAtSec: stack.readNumber(), slashSeq: stack.readNumber(), slashes: stack.readNumber() }
      stack.skip(2)
      const pending = stack.readCellOpt()
      const devices = stack.readCellOpt()
      const listed =
        devices === null ? [] : [...Dictionary.loadDirect(Dictionary.Keys.BigUint(128), deviceValue, devices)]
      return {
        ...parties,
        ...amounts,
        ...counts,
        ...(pending && { pending: loadPending(pending) }),
        devices: listed.map(([id, device]) => ({ deviceId: id.toString(16).padStart(32, '0'), ...device })),
      }
    })
  }

  /**
   * @returns the account's own GSTD wallet, once the master has named it
   * @throws GstdError `CHAIN_STATE_INVALID`
   */
  async getGstdWallet(provider: ContractProvider): Promise<Address | undefined> {
    const { stack } = await provider.get('account_gstd', [])
    return readChecked('the device account', () => {
      stack.skip(2)
      return stack.readAddressOpt() ?? undefined
    })
  }
}

type Options = { valueNano?: bigint; queryId?: bigint }

const send = (provider: ContractProvider, via: Sender, value: bigint, body: Cell): Promise<void> =>
  provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body })
