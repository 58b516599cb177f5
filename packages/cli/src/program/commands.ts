import { auditorExport } from '../auditor/auditorExport.ts'
import { auditorKey } from '../auditor/auditorKey.ts'
import { auditorStart } from '../auditor/auditorStart.ts'
import { coordinatorDeploy } from '../coordinator/coordinatorDeploy.ts'
import { coordinatorRestore } from '../coordinator/coordinatorRestore.ts'
import { coordinatorStart } from '../coordinator/coordinatorStart.ts'
import { devnetStart } from '../devnet/devnetStart.ts'
import { escrowClose } from '../escrow/escrowClose.ts'
import { escrowDeposit } from '../escrow/escrowDeposit.ts'
import { escrowShow } from '../escrow/escrowShow.ts'
import { helpCommand } from '../help/helpCommand.ts'
import { sessionCreate } from '../session/sessionCreate.ts'
import { sessionRevoke } from '../session/sessionRevoke.ts'
import { stakeAppeal } from '../stake/stakeAppeal.ts'
import { stakeDeposit } from '../stake/stakeDeposit.ts'
import { stakeShow } from '../stake/stakeShow.ts'
import { stakeWithdraw } from '../stake/stakeWithdraw.ts'
import { submitCommand } from '../submit/submitCommand.ts'
import { taskCancel, taskGet, taskList, taskReceipt } from '../task/taskCommands.ts'
import { walletBalance } from '../wallet/walletBalance.ts'
import { walletCreate } from '../wallet/walletCreate.ts'
import { walletImport } from '../wallet/walletImport.ts'
import { walletShow } from '../wallet/walletShow.ts'
import { workerStart } from '../worker/workerStart.ts'
import type { Command } from './command.ts'

/** Every command of `gstd`, in the order of its help. */
export const commands: readonly Command[] = [
  submitCommand,
  taskList,
  taskGet,
  taskCancel,
  taskReceipt,
  walletCreate,
  walletImport,
  walletShow,
  walletBalance,
  escrowDeposit,
  escrowShow,
  escrowClose,
  sessionCreate,
  sessionRevoke,
  workerStart,
  stakeDeposit,
  stakeShow,
  stakeWithdraw,
  stakeAppeal,
  coordinatorStart,
  coordinatorDeploy,
  coordinatorRestore,
  auditorStart,
  auditorKey,
  auditorExport,
  devnetStart,
  helpCommand,
]

/** What the first words are about. */
export const commandGroups: Readonly<Record<string, string>> = {
  task: 'look at your tasks and their results',
  wallet: 'make wallets and look at them',
  escrow: 'pay in for tasks, look at the escrow, close it',
  session: 'keys that sign tasks in the wallet’s place',
  worker: 'give this machine’s time to the network',
  stake: 'GSTD that stands for the devices of their owner',
  coordinator: 'run the server that matches tasks and devices',
  auditor: 're-check everything with a second key before money moves',
  devnet: 'run a local TON network with the contracts',
}
