import {
  type Address,
  beginCell,
  Cell,
  type Contract,
  contractAddress,
  type ContractProvider,
  type Sender,
  SendMode,
  type Slice,
  type StateInit,
} from '@ton/core'
import { hexToInt, intToHex, NO_HASH, readChecked } from './cells.ts'
import { escrowCode as escrowBoc } from './code/escrowCode.ts'
import { attachNano, close, deposit, reclaim, setSession } from './messages.ts'

/** A session key and what it may authorise. */
export type Session = {
  /** Ed25519 public key, hex; zeros for none. */
  key: string
  /** Absolute value of `charged` up to which it may authorise, nano. */
  capNano: bigint
  expiresAtSec: number
}

/** What was charged and may be reclaimed, once 14 days have passed without a commit of its epoch. */
type Pending = { epoch: number; deltaNano: bigint }

export type EscrowState = {
  owner: Address
  vault: Address
  balanceNano: bigint
  /** Cumulative. */
  chargedNano: bigint
  tasks: number
  /** 0 while open. */
  closeAtSec: number
  /** Charged from `epoch` on, which was not committed yet when it was charged last. */
  pending: Pending
  /** Charged from `epoch` on, whose challenge window may not have ended when it was charged last. */
  inWindow: Pending
  session: Session
  previousSession: Session
}

const sinceEpoch = ({ epoch, deltaNano }: Pending, fromEpoch: number): bigint => (epoch >= fromEpoch ? deltaNano : 0n)

/**
 * What an escrow was charged that the vault has not committed and that was not reclaimed, nano.
 *
 * @param fundedFrom - the vault's
 */
export const uncommittedOf = (
  { pending, inWindow }: Pick<EscrowState, 'pending' | 'inWindow'>,
  fundedFrom: number,
): { newerNano: bigint; olderNano: bigint } => ({
  newerNano: sinceEpoch(pending, fundedFrom),
  olderNano: sinceEpoch(inWindow, fundedFrom),
})

/** @returns the code of the escrow. */
export const escrowCode = (): Cell => Cell.fromBase64(escrowBoc)

const noSession: Session = { key: NO_HASH, capNano: 0n, expiresAtSec: 0 }

/** `session$_ key:uint256 cap:Coins expires_at:uint32 = Session;` */
const sessionCell = ({ key, capNano, expiresAtSec }: Session) =>
  beginCell().storeUint(hexToInt(key), 256).storeCoins(capNano).storeUint(expiresAtSec, 32)

const loadSession = (slice: Slice): Session => ({
  key: intToHex(slice.loadUintBig(256)),
  capNano: slice.loadCoins(),
  expiresAtSec: slice.loadUint(32),
})

const noPending = () => beginCell().storeUint(0, 32).storeInt(0, 64)

/**
 * `escrow$_ owner:MsgAddressInt vault:MsgAddressInt balance:Coins charged:Coins tasks:uint64 close_at:uint32
 *  in_window:Pending sessions:^[current:Session previous:Session pending:Pending] = EscrowStorage;`
 * `pending$_ epoch:uint32 delta:int64 = Pending;`
 */
const initialData = (owner: Address, vault: Address): Cell =>
  beginCell()
    .storeAddress(owner)
    .storeAddress(vault)
    .storeCoins(0)
    .storeCoins(0)
    .storeUint(0, 64)
    .storeUint(0, 32)
    .storeBuilder(noPending())
    .storeRef(
      beginCell().storeBuilder(sessionCell(noSession)).storeBuilder(sessionCell(noSession)).storeBuilder(noPending()),
    )
    .endCell()

/** One requester's escrow; its address follows from owner and vault. */
export class RequesterEscrow implements Contract {
  readonly address: Address
  readonly init: StateInit | undefined

  private constructor(address: Address, init?: StateInit) {
    this.address = address
    this.init = init
  }

  /** @returns the escrow of an owner, deployed by its first deposit. */
  static createFromOwner({ owner, vault }: { owner: Address; vault: Address }): RequesterEscrow {
    const init = { code: escrowCode(), data: initialData(owner, vault) }
    return new RequesterEscrow(contractAddress(0, init), init)
  }

  static createFromAddress(address: Address): RequesterEscrow {
    return new RequesterEscrow(address)
  }

  /** Deposits `amountNano`; `gasNano` is attached on top, and what is not needed returns. */
  async sendDeposit(
    provider: ContractProvider,
    via: Sender,
    options: { jobId: string; amountNano: bigint; gasNano?: bigint; queryId?: bigint },
  ): Promise<void> {
    const value = options.amountNano + (options.gasNano ?? attachNano.deposit)
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: deposit(options) })
  }

  /** Sets the session key, at most 7 days ahead. */
  async sendSetSession(
    provider: ContractProvider,
    via: Sender,
    session: Session & { queryId?: bigint },
  ): Promise<void> {
    const value = attachNano.setSession
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: setSession(session) })
  }

  /** The first one ends intake; the second one, 72 h later, pays the rest back. */
  async sendClose(provider: ContractProvider, via: Sender, options: { queryId?: bigint } = {}): Promise<void> {
    const value = attachNano.close
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: close(options) })
  }

  /**
   * Asks for what was charged from an epoch on and never committed: `pending` or `inWindow` of the state. The vault pays
   * it to the owner from 14 days after the epoch's first funds on.
   */
  async sendReclaim(
    provider: ContractProvider,
    via: Sender,
    options: { epoch: number; valueNano?: bigint; queryId?: bigint },
  ): Promise<void> {
    const value = options.valueNano ?? attachNano.reclaim
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: reclaim(options) })
  }

  /**
   * @returns undefined when it is not deployed
   * @throws GstdError `CHAIN_STATE_INVALID`
   */
  async getState(provider: ContractProvider): Promise<EscrowState | undefined> {
    const { state } = await provider.getState()
    if (state.type !== 'active') return undefined
    const { stack } = await provider.get('escrow_data', [])
    return readChecked('the escrow', () => {
      const parties = { owner: stack.readAddress(), vault: stack.readAddress() }
      const amounts = { balanceNano: stack.readBigNumber(), chargedNano: stack.readBigNumber() }
      const counts = { tasks: stack.readNumber(), closeAtSec: stack.readNumber() }
      const inWindow = { epoch: stack.readNumber(), deltaNano: stack.readBigNumber() }
      const sessions = stack.readCell().beginParse()
      return {
        ...parties,
        ...amounts,
        ...counts,
        session: loadSession(sessions),
        previousSession: loadSession(sessions),
        pending: { epoch: sessions.loadUint(32), deltaNano: sessions.loadIntBig(64) },
        inWindow,
      }
    })
  }
}

/** @returns the address of an owner's escrow. */
export const escrowAddress = (owner: Address, vault: Address): Address =>
  RequesterEscrow.createFromOwner({ owner, vault }).address
