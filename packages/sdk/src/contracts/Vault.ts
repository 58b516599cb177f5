import {
  type Address,
  beginCell,
  Cell,
  type Contract,
  contractAddress,
  type ContractProvider,
  type Sender,
  SendMode,
  type StateInit,
  toNano,
} from '@ton/core'
import { type VaultChange } from './guardBodies.ts'
import { updateReputation, vetoSlash } from './accountMessages.ts'
import { hexToInt, intToHex, NO_HASH, readChecked } from './cells.ts'
import { vaultCode as vaultBoc } from './code/vaultCode.ts'
import {
  applyChange,
  attachNano,
  cancelChange,
  charge,
  commit,
  exec,
  proposeChange,
  slash,
  uncommit,
  unfreeze,
  veto,
} from './messages.ts'
import { MAX_PAYOUTS_PER_BATCH } from './payoutBatches.ts'
import { escrowCode } from './RequesterEscrow.ts'

export type VaultConfig = {
  /** Ed25519 public keys, hex. */
  coordinatorKey: string
  auditorKey: string
  guardian: Address
  challengeWindowSec: number
}

export type VaultState = {
  /** The last committed epoch. */
  epoch: number
  /** The first epoch whose charges are in `fundedNextNano`: epoch + 1, or one that was vetoed. */
  fundedFrom: number
  /** What funds epoch + 1. */
  fundedNextNano: bigint
  firstFundAtSec: number
  owedNano: bigint
  paidNano: bigint
  /** 0 while it is not frozen. */
  frozenAtSec: number
  /**
   * The epoch in its challenge window or being paid; `next` is zeros where nothing is left to pay. One that pays
   * nobody still keeps the next commit waiting until `validFromSec`.
   */
  current: { next: string; remainingNano: bigint; validFromSec: number }
  /** Of the last epoch whose window has passed. */
  roots: { reputationRoot: string; logRoot: string }
}

type Signed = {
  body: Cell
  coordinatorSignature: string
  auditorSignature: string
  valueNano?: bigint
  queryId?: bigint
}

/** @returns the code of the vault. */
export const vaultCode = (): Cell => Cell.fromBase64(vaultBoc)

/**
 * `vault$_ keys:^[coordinator:uint256 auditor:uint256 guardian:MsgAddressInt proposals:uint32
 *  pending_change:(Maybe ^PendingChange)] escrow_code:^Cell challenge_sec:uint32 epoch:uint32 funded_from:uint32
 *  window_from:uint32 funded_next:Coins first_fund_at:uint32 owed:Coins paid:Coins frozen_at:uint32
 *  current:(Maybe ^Current) roots:^Roots = VaultStorage;`
 * `current$_ next:uint256 remaining:Coins valid_from:uint32 funded:Coins first_fund_at:uint32 roots:^Roots = Current;`
 * `roots$_ reputation_root:uint256 log_root:uint256 = Roots;`
 */
const initialData = (config: VaultConfig): Cell =>
  beginCell()
    .storeRef(
      beginCell()
        .storeUint(hexToInt(config.coordinatorKey), 256)
        .storeUint(hexToInt(config.auditorKey), 256)
        .storeAddress(config.guardian)
        .storeUint(0, 32)
        .storeMaybeRef(null),
    )
    .storeRef(escrowCode())
    .storeUint(config.challengeWindowSec, 32)
    .storeUint(0, 32)
    .storeUint(1, 32)
    .storeUint(1, 32)
    .storeCoins(0)
    .storeUint(0, 32)
    .storeCoins(0)
    .storeCoins(0)
    .storeUint(0, 32)
    .storeMaybeRef(null)
    .storeRef(beginCell().storeUint(0, 256).storeUint(0, 256))
    .endCell()

/** The vault of a deployment: takes what escrows are charged and pays it out, epoch by epoch. */
export class Vault implements Contract {
  readonly address: Address
  readonly init: StateInit | undefined

  private constructor(address: Address, init?: StateInit) {
    this.address = address
    this.init = init
  }

  static createFromConfig(config: VaultConfig): Vault {
    const init = { code: vaultCode(), data: initialData(config) }
    return new Vault(contractAddress(0, init), init)
  }

  static createFromAddress(address: Address): Vault {
    return new Vault(address)
  }

  /** Deploys it with some TON for its rent. */
  async sendDeploy(provider: ContractProvider, via: Sender, options: { rentNano?: bigint } = {}): Promise<void> {
    const value = options.rentNano ?? toNano('0.2')
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY })
  }

  async sendCharge(provider: ContractProvider, via: Sender, message: Signed): Promise<void> {
    const value = message.valueNano ?? attachNano.charge
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: charge(message) })
  }

  async sendCommit(provider: ContractProvider, via: Sender, message: Signed): Promise<void> {
    const value = message.valueNano ?? attachNano.commit
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: commit(message) })
  }

  /** Pays one batch; anyone may. */
  async sendExec(
    provider: ContractProvider,
    via: Sender,
    message: { batch: Cell; payouts?: number; valueNano?: bigint; queryId?: bigint },
  ): Promise<void> {
    const value = message.valueNano ?? attachNano.exec(message.payouts ?? MAX_PAYOUTS_PER_BATCH)
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: exec(message) })
  }

  /** Takes an epoch back inside its window, and freezes the vault; from the guardian. */
  async sendVeto(
    provider: ContractProvider,
    via: Sender,
    message: { epoch: number; valueNano?: bigint; queryId?: bigint },
  ): Promise<void> {
    const value = message.valueNano ?? attachNano.guard
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: veto(message) })
  }

  /** Gives up batches that nobody could execute for 7 days: what they were to pay is owed. */
  async sendUncommit(provider: ContractProvider, via: Sender, message: Signed): Promise<void> {
    const value = message.valueNano ?? attachNano.guard
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: uncommit(message) })
  }

  /** Ends a freeze of at least 7 days. */
  async sendUnfreeze(provider: ContractProvider, via: Sender, message: Signed): Promise<void> {
    const value = message.valueNano ?? attachNano.guard
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: unfreeze(message) })
  }

  /**
   * @returns undefined when it is not deployed
   * @throws GstdError `CHAIN_STATE_INVALID`
   */
  async getState(provider: ContractProvider): Promise<VaultState | undefined> {
    const { state } = await provider.getState()
    if (state.type !== 'active') return undefined
    const { stack } = await provider.get('vault_data', [])
    return readChecked('the vault', () => {
      stack.skip(3)
      const epoch = stack.readNumber()
      const fundedFrom = stack.readNumber()
      stack.skip(1)
      const fundedNextNano = stack.readBigNumber()
      const firstFundAtSec = stack.readNumber()
      const owedNano = stack.readBigNumber()
      const paidNano = stack.readBigNumber()
      const frozenAtSec = stack.readNumber()
      const current = stack.readCellOpt()?.beginParse()
      const roots = stack.readCell().beginParse()
      return {
        epoch,
        fundedFrom,
        fundedNextNano,
        firstFundAtSec,
        owedNano,
        paidNano,
        frozenAtSec,
        current:
          current === undefined
            ? { next: NO_HASH, remainingNano: 0n, validFromSec: 0 }
            : {
                next: intToHex(current.loadUintBig(256)),
                remainingNano: current.loadCoins(),
                validFromSec: current.loadUint(32),
              },
        roots: { reputationRoot: intToHex(roots.loadUintBig(256)), logRoot: intToHex(roots.loadUintBig(256)) },
      }
    })
  }

  /** Proposes other keys or other code; anyone may apply them 7 days later. */
  async sendProposeChange(provider: ContractProvider, via: Sender, message: Signed): Promise<void> {
    const value = message.valueNano ?? attachNano.guard
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: proposeChange(message) })
  }

  /** Ends a proposal; from the guardian. */
  async sendCancelChange(
    provider: ContractProvider,
    via: Sender,
    message: { number: number; valueNano?: bigint; queryId?: bigint },
  ): Promise<void> {
    const value = message.valueNano ?? attachNano.guard
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: cancelChange(message) })
  }

  async sendApplyChange(
    provider: ContractProvider,
    via: Sender,
    message: { valueNano?: bigint; queryId?: bigint } = {},
  ): Promise<void> {
    const value = message.valueNano ?? attachNano.guard
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: applyChange(message) })
  }

  /**
   * @returns how many proposals there were, and the one that waits for its time
   * @throws GstdError `CHAIN_STATE_INVALID`
   */
  async getProposals(
    provider: ContractProvider,
  ): Promise<{ count: number; pending?: { validFromSec: number; change: VaultChange } }> {
    const { stack } = await provider.get('vault_data', [])
    return readChecked('the vault', () => {
      const keys = stack.readCell().beginParse().skip(512)
      keys.loadAddress()
      const count = keys.loadUint(32)
      const pending = keys.loadMaybeRef()?.beginParse()
      if (pending === undefined) return { count }
      const validFromSec = pending.loadUint(32)
      const change = pending.loadRef().beginParse()
      const changed = {
        coordinatorKey: intToHex(change.loadUintBig(256)),
        auditorKey: intToHex(change.loadUintBig(256)),
        guardian: change.loadAddress(),
      }
      const code = change.loadMaybeRef()
      return { count, pending: { validFromSec, change: { ...changed, ...(code && { code }) } } }
    })
  }

  /** Locks stake of a device account. */
  async sendSlash(provider: ContractProvider, via: Sender, message: Signed): Promise<void> {
    const value = message.valueNano ?? attachNano.forward
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: slash(message) })
  }

  /** Gives locked stake back; from the guardian. */
  async sendVetoSlash(
    provider: ContractProvider,
    via: Sender,
    message: Parameters<typeof vetoSlash>[0] & { valueNano?: bigint },
  ): Promise<void> {
    const value = message.valueNano ?? attachNano.forward
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: vetoSlash(message) })
  }

  /** Proves a device's reputation to its account; anyone may. */
  async sendUpdateReputation(
    provider: ContractProvider,
    via: Sender,
    message: Parameters<typeof updateReputation>[0] & { valueNano?: bigint },
  ): Promise<void> {
    const value = message.valueNano ?? attachNano.forward
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY, body: updateReputation(message) })
  }

  /** @throws GstdError `CHAIN_STATE_INVALID` */
  async getConfig(provider: ContractProvider): Promise<VaultConfig> {
    const { stack } = await provider.get('vault_data', [])
    return readChecked('the vault', () => {
      const keys = stack.readCell().beginParse()
      stack.skip(1)
      return {
        coordinatorKey: intToHex(keys.loadUintBig(256)),
        auditorKey: intToHex(keys.loadUintBig(256)),
        guardian: keys.loadAddress(),
        challengeWindowSec: stack.readNumber(),
      }
    })
  }
}
