import { chmod, link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createSigner, deviceIdOf, GstdError, randomHex, type Signer } from '@gstd/sdk'
import { z } from 'zod'
import { readJsonFile } from '../stateDir/readJsonFile.ts'
import { syncDirectory, writeDurably } from '../stateDir/writeDurably.ts'

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
const deviceKeySchema = z.strictObject({ version: z.literal(1), seed: hex32, public_key: hex32 })

/** The device's own key, protocol §4. The secret stays inside the signer and in a file of mode 0600. */
export type DeviceIdentity = {
  /** First 16 bytes of SHA-256(device key), hex. */
  deviceId: string
  /** Public key, hex. */
  deviceKey: string
  signer: Signer
}

const HINT = 'restore the file from a backup, or remove it to become a new device without reputation'

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST'

/** Puts a new key in place unless another process was faster. */
const createKeyFile = async (stateDir: string, file: string): Promise<void> => {
  const seed = randomHex(32)
  const candidate = `${file}.${randomHex(8)}`
  await writeDurably(candidate, JSON.stringify({ version: 1, seed, public_key: createSigner(seed).publicKey }))
  try {
    await link(candidate, file)
    await syncDirectory(stateDir)
  } catch (error) {
    if (!isTaken(error)) throw error
  } finally {
    await rm(candidate, { force: true })
  }
}

/**
 * Opens the device key of a state directory and makes it on first use.
 *
 * @throws GstdError `STATE_CORRUPT` when the key's file cannot be read: a new key would be a new device, so none is made
 */
export const openDeviceIdentity = async (stateDir: string): Promise<DeviceIdentity> => {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const file = join(stateDir, 'device.json')
  const read = () => readJsonFile(file, deviceKeySchema, HINT)
  let stored = await read()
  if (stored === undefined) {
    await createKeyFile(stateDir, file)
    stored = await read()
  }
  const signer = stored === undefined ? undefined : createSigner(stored.seed)
  if (signer === undefined || signer.publicKey !== stored?.public_key) {
    throw new GstdError('STATE_CORRUPT', `${file} does not hold a key pair`, { details: { file }, hint: HINT })
  }
  await chmod(file, 0o600)
  return { deviceId: deviceIdOf(signer.publicKey), deviceKey: signer.publicKey, signer }
}
