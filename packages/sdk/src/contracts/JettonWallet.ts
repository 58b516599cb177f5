import {
  type Address,
  beginCell,
  type Cell,
  type Contract,
  type ContractProvider,
  type Sender,
  SendMode,
  toNano,
} from '@ton/core'
import { readChecked } from './cells.ts'

export type JettonWalletState = { balanceNano: bigint; owner: Address; master: Address }

/** A jetton wallet (TEP-74). */
export class JettonWallet implements Contract {
  readonly address: Address

  private constructor(address: Address) {
    this.address = address
  }

  static createFromAddress(address: Address): JettonWallet {
    return new JettonWallet(address)
  }

  /**
   * `transfer#0f8a7ea5 query_id:uint64 amount:Coins destination:MsgAddress response_destination:MsgAddress
   *  custom_payload:(Maybe ^Cell) forward_ton_amount:Coins forward_payload:(Either Cell ^Cell) = WalletMessage;`
   */
  async sendTransfer(
    provider: ContractProvider,
    via: Sender,
    options: { to: Address; amountNano: bigint; responseTo?: Address; forwardNano?: bigint; forwardPayload?: Cell },
  ): Promise<void> {
    const { forwardNano = 0n } = options
    const body = beginCell()
      .storeUint(0x0f8a7ea5, 32)
      .storeUint(0, 64)
      .storeCoins(options.amountNano)
      .storeAddress(options.to)
      .storeAddress(options.responseTo ?? via.address ?? null)
      .storeMaybeRef(null)
      .storeCoins(forwardNano)
      .storeMaybeRef(options.forwardPayload ?? null)
      .endCell()
    await provider.internal(via, { value: forwardNano + toNano('0.06'), sendMode: SendMode.PAY_GAS_SEPARATELY, body })
  }

  /** `burn#595f07bc query_id:uint64 amount:Coins response_destination:MsgAddress custom_payload:(Maybe ^Cell);` */
  async sendBurn(provider: ContractProvider, via: Sender, options: { amountNano: bigint }): Promise<void> {
    const body = beginCell()
      .storeUint(0x595f07bc, 32)
      .storeUint(0, 64)
      .storeCoins(options.amountNano)
      .storeAddress(via.address ?? null)
      .storeMaybeRef(null)
      .endCell()
    await provider.internal(via, { value: toNano('0.06'), sendMode: SendMode.PAY_GAS_SEPARATELY, body })
  }

  /** @returns undefined when it is not deployed */
  async getData(provider: ContractProvider): Promise<JettonWalletState | undefined> {
    const { state } = await provider.getState()
    if (state.type !== 'active') return undefined
    const { stack } = await provider.get('get_wallet_data', [])
    return readChecked('the jetton wallet', () => ({
      balanceNano: stack.readBigNumber(),
      owner: stack.readAddress(),
      master: stack.readAddress(),
    }))
  }
}
