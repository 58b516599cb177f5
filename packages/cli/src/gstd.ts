#!/usr/bin/env node
// Nothing else is imported here: an older Node must get as far as this message.
const REQUIRED_MAJOR = 26
const major = Number(process.versions.node.split('.')[0])

if (major < REQUIRED_MAJOR) {
  process.stderr.write(
    `gstd needs Node ${REQUIRED_MAJOR} or newer, this is ${process.versions.node}: install it from https://nodejs.org\n`,
  )
  process.exitCode = 3
} else {
  const { main } = await import('./program/main.ts')
  process.exitCode = await main(process.argv.slice(2))
}
