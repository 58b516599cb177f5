const HEARTBEAT_MS = 20_000

/**
 * Tells the user something on stderr: stdout belongs to the command.
 *
 * @param {string} line
 */
export const say = (line) => void process.stderr.write(`gstd: ${line}\n`)

/**
 * Says what begins, that it still goes on, and how long it took.
 *
 * @template Result
 * @param {string} what
 * @param {() => Promise<Result>} work
 */
export const showProgress = async (what, work) => {
  const startMs = performance.now()
  const seconds = () => `${((performance.now() - startMs) / 1000).toFixed(1)} s`
  say(`${what} …`)
  const heartbeat = setInterval(() => say(`${what}: still at it after ${seconds()}`), HEARTBEAT_MS)
  try {
    const result = await work()
    say(`${what}: done in ${seconds()}`)
    return result
  } finally {
    clearInterval(heartbeat)
  }
}
