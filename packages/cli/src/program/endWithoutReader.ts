/**
 * Ends the process quietly when nobody reads any more, as in `gstd task list | head -1`, where Node would show a stack.
 * A daemon ends so as well: whatever it has acknowledged is on disk.
 */
export const endWithoutReader = (streams: readonly NodeJS.WriteStream[]): void => {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit(0)
    })
  }
}
