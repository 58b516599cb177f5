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
import { readChecked } from './cells.ts'
import { jettonMinterCode as minterBoc } from './code/jettonMinterCode.ts'
import { jettonWalletCode as walletBoc } from './code/jettonWalletCode.ts'

/** @returns the codes of the test jetton. */
export const jettonMinterCode = (): Cell => Cell.fromBase64(minterBoc)
export const jettonWalletCode = (): Cell => Cell.fromBase64(walletBoc)

/** @returns off-chain-free metadata: a snake cell of `name`, `symbol` and `decimals` as text. */
export const jettonContent = (content: {
  name: string
  symbol: string
  decimals?: number
  description?: string
}): Cell =>
  beginCell()
    .storeUint(1, 8)
    .storeStringTail(JSON.stringify({ decimals: 9, ...content }))
    .endCell()

/** Minter of the test GSTD jetton (TEP-74); on real networks only {@link getWalletAddress} is used, of the real one. */
export class JettonMinter implements Contract {
  readonly address: Address
  readonly init: StateInit | undefined

  private constructor(address: Address, init?: StateInit) {
    this.address = address
    this.init = init
  }

  /** `minter$_ total_supply:Coins admin:MsgAddressInt wallet_code:^Cell content:^Cell = JettonMinterStorage;` */
  static createFromConfig({ admin, content }: { admin: Address; content: Cell }): JettonMinter {
    const data = beginCell().storeCoins(0).storeAddress(admin).storeRef(jettonWalletCode()).storeRef(content).endCell()
    const init = { code: jettonMinterCode(), data }
    return new JettonMinter(contractAddress(0, init), init)
  }

  static createFromAddress(address: Address): JettonMinter {
    return new JettonMinter(address)
  }

  async sendDeploy(provider: ContractProvider, via: Sender, options: { rentNano?: bigint } = {}): Promise<void> {
    const value = options.rentNano ?? toNano('0.1')
    await provider.internal(via, { value, sendMode: SendMode.PAY_GAS_SEPARATELY })
  }

  /** `mint#642b7d07 query_id:uint64 destination:MsgAddressInt amount:Coins ton_amount:Coins = MinterMessage;` */
  static mintBody({ to, amountNano, queryId = 0n }: { to: Address; amountNano: bigint; queryId?: bigint }): Cell {
    return beginCell()
      .storeUint(0x642b7d07, 32)
      .storeUint(queryId, 64)
      .storeAddress(to)
      .storeCoins(amountNano)
      .storeCoins(toNano('0.05'))
      .endCell()
  }

  async sendMint(
    provider: ContractProvider,
    via: Sender,
    options: { to: Address; amountNano: bigint; queryId?: bigint },
  ): Promise<void> {
    const body = JettonMinter.mintBody(options)
    await provider.internal(via, { value: toNano('0.1'), sendMode: SendMode.PAY_GAS_SEPARATELY, body })
  }

  async getWalletAddress(provider: ContractProvider, owner: Address): Promise<Address> {
    const cell = beginCell().storeAddress(owner).endCell()
    const { stack } = await provider.get('get_wallet_address', [{ type: 'slice', cell }])
    return readChecked('the jetton master', () => stack.readAddress())
  }

  async getData(provider: ContractProvider): Promise<{ totalSupplyNano: bigint; admin: Address }> {
    const { stack } = await provider.get('get_jetton_data', [])
    return readChecked('the jetton master', () => {
      const totalSupplyNano = stack.readBigNumber()
      stack.skip(1)
      return { totalSupplyNano, admin: stack.readAddress() }
    })
  }
}
