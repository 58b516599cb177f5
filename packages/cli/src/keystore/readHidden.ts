import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { constants } from 'node:os'
import { Interruption } from '../program/context.ts'

/** Where a person types and reads questions. */
export type Terminal = { input: NodeJS.ReadableStream & { isTTY?: boolean }; output: NodeJS.WritableStream }

/**
 * Asks a question on a terminal and reads one line without showing it.
 *
 * @throws Interruption on Ctrl-C and where the input ends
 */
export const readHidden = (question: string, { input, output }: Terminal): Promise<string> =>
  new Promise((resolve, reject) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
    let answer: string | undefined
    output.write(question)
    lines.once('line', (line) => {
      answer = line
      lines.close()
    })
    // In raw mode Ctrl-C is a key, not a signal.
    lines.once('SIGINT', () => lines.close())
    lines.once('close', () => {
      output.write('\n')
      if (answer === undefined) reject(new Interruption('nothing was typed', 128 + constants.signals.SIGINT))
      else resolve(answer)
    })
  })
