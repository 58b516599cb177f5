import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { type Origin, sha256, toHex } from '@gstd/sdk'

const run = promisify(execFile)

const readFact = async (file: string): Promise<string> => (await readFile(file, 'utf8').catch(() => '')).trim()

/** @returns the value of a key in the output of macOS' `ioreg`. */
const readIoreg = async (key: string): Promise<string> => {
  const { stdout } = await run('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], { timeout: 5000 }).catch(
    () => ({ stdout: '' }),
  )
  return new RegExp(`"${key}" = "([^"]+)"`).exec(stdout)?.[1] ?? ''
}

const readMachineId = async (): Promise<string> =>
  process.platform === 'darwin'
    ? readIoreg('IOPlatformUUID')
    : (await readFact('/etc/machine-id')) || readFact('/var/lib/dbus/machine-id')

const readBoardSerial = async (): Promise<string> =>
  process.platform === 'darwin'
    ? readIoreg('IOPlatformSerialNumber')
    : (await readFact('/sys/class/dmi/id/board_serial')) || readFact('/sys/firmware/devicetree/base/serial-number')

/**
 * Hash over machine id, CPU model, memory size and board serial, where they can be read: the same for every worker of
 * one machine, so that they never validate each other. Network and vault are the salt, so that two networks cannot
 * compare their lists. The facts themselves never leave the machine.
 *
 * @returns 32 bytes, lower-case hex
 */
export const computeFingerprint = async (origin: Origin): Promise<string> => {
  const facts = [await readMachineId(), cpus()[0]?.model ?? '', String(totalmem()), await readBoardSerial()]
  const salted = JSON.stringify([`gstd/fingerprint/v1`, origin.network, origin.vault, ...facts])
  return toHex(sha256(new TextEncoder().encode(salted)))
}
