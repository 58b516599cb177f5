import { formatAmount, type Quote } from '@gstd/sdk'
import type { View } from '../output/output.ts'
import { printable, table } from '../output/style.ts'
import type { PackedTask } from './packTasks.ts'

/** Shows what tasks would cost at most. */
export const quoteView = (tasks: readonly PackedTask[], quote: Quote): View => ({
  data: {
    dry_run: true,
    tasks: tasks.map(({ names }, index) => ({
      inputs: names,
      bytes: quote.tasks[index]?.bytes ?? 0,
      reserved_nano: (quote.tasks[index]?.reservedNano ?? 0n).toString(),
    })),
    reserved_nano: quote.reservedNano.toString(),
    tariff_nano: quote.tariffNano.toString(),
  },
  human: (style) =>
    [
      table(style, [
        ['AT MOST', 'INPUTS'],
        ...tasks.map(({ names }, index) => [
          `${formatAmount(quote.tasks[index]?.reservedNano ?? 0n)} TON`,
          names.map(printable).join(', '),
        ]),
      ]),
      '',
      `${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}, at most ${formatAmount(quote.reservedNano)} TON; what validation does not use is released. Nothing was sent.`,
    ].join('\n'),
  quiet: quote.reservedNano.toString(),
})
