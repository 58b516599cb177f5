import { randomBytes, randomUUID } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GstdError } from '@gstd/sdk'
import { makeDir } from '../state/makeDir.ts'
import { devnetKeyFile } from '../state/paths.ts'
import { readPrivateFile } from '../state/readPrivateFile.ts'

const read = async (file: string): Promise<Uint8Array | undefined> => {
  const text = await readPrivateFile(file, 'STATE_CORRUPT', 'the devnet’s key file')
  if (text === undefined) return undefined
  if (!/^[0-9a-f]{64}\n?$/.test(text)) {
    throw new GstdError('STATE_CORRUPT', `the devnet’s key file ${file} does not hold 32 bytes in hex`, {
      details: { file },
      hint: `restore ${file} from a backup: it opens this devnet’s wallets and keys; or start anew in another --state-dir`,
    })
  }
  return Buffer.from(text.trim(), 'hex')
}

const alreadyThere = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST'

/**
 * Opens the key file that stands in for a passphrase on a devnet, and makes it when it is not there. Of several
 * processes that make it at once, one wins and all read the same.
 *
 * @throws GstdError `STATE_CORRUPT`, `STATE_EXPOSED`
 */
export const openOrMakeDevnetKey = async (stateDir: string): Promise<Uint8Array> => {
  const file = devnetKeyFile(stateDir)
  const known = await read(file)
  if (known !== undefined) return known
  await makeDir(dirname(file))
  const temporary = `${file}.${randomUUID()}.tmp`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(`${randomBytes(32).toString('hex')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(temporary, file)
  } catch (thrown) {
    if (!alreadyThere(thrown)) throw thrown
  } finally {
    await rm(temporary, { force: true })
  }
  const made = await read(file)
  if (made === undefined) throw new GstdError('STATE_CORRUPT', `the devnet’s key file ${file} has gone`)
  return made
}
