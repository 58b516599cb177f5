import { writeSync } from 'node:fs'

/** Configuration or local state, as `gstd help exit-codes` says. */
const CANNOT_WRITE = 3
const STDERR = 2

const complain = (error: NodeJS.ErrnoException): void => {
  try {
    writeSync(STDERR, `error  the output cannot be written: ${error.message}\n`)
  } catch {
    // Then there is nowhere to say it; the exit code does.
  }
}

/**
 * Ends the process quietly when nobody reads any more, as in `gstd task list | head -1`, where Node would show a stack.
 * A daemon ends so as well: whatever it has acknowledged is on disk. Any other fault, such as a full disk, is an error.
 */
export const endWithoutReader = (streams: readonly NodeJS.WriteStream[]): void => {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      complain(error)
      process.exit(CANNOT_WRITE)
    })
  }
}
