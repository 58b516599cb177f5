import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { startDevnet } from '../startDevnet.ts'

/**
 * A devnet as a process of its own, for tests that kill it. Prints where it is as a line of JSON. It ends when its
 * standard input does, so that no test leaves it behind.
 */
const settings = z.object({ stateDir: z.string(), blockMs: z.number() }).parse(JSON.parse(process.argv[2] ?? ''))

try {
  const { endpoint, faucet, restored, failed, stop } = await startDevnet({
    listen: { host: '127.0.0.1', port: 0 },
    stateDir: settings.stateDir,
    blockMs: settings.blockMs,
    onError: (thrown) => console.error(thrown),
  })
  console.log(JSON.stringify({ endpoint, faucet, restored }))
  await Promise.race([text(process.stdin), failed])
  await stop()
} catch (thrown) {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  console.log(JSON.stringify({ code, message: String(thrown) }))
  process.exit(1)
}
