import { parseArgs } from 'node:util'
import { GstdError } from '@gstd/sdk'

export type DemoOptions = {
  /** A folder of the user's own images, instead of the photos and lines beside this file. */
  input: string | undefined
  output: 'human' | 'json'
  /** Leave everything running at the end. */
  keep: boolean
}

export const usage = `Usage: npm run demo -- [options]

Brings up a local TON network, a coordinator, an auditor and three devices of three owners, has them
work on real images, verifies every receipt, and pays the devices on chain.

  --input DIR            work on your own images (JPEG, PNG) instead of examples/photos and examples/lines
  --output human|json    json: progress on stderr, one line of JSON on stdout at the end
  --keep                 leave everything running and say how to use it
  --help                 show this`

/**
 * Reads the command line.
 *
 * @throws GstdError `USAGE_INVALID`
 */
export const readOptions = (argv: string[]): DemoOptions | 'help' => {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        input: { type: 'string' },
        output: { type: 'string', default: 'human' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return 'help'
    if (values.output !== 'human' && values.output !== 'json') throw new Error('--output is human or json')
    return { input: values.input, output: values.output, keep: values.keep }
  } catch (cause) {
    throw new GstdError('USAGE_INVALID', cause instanceof Error ? cause.message : String(cause), { hint: usage })
  }
}
