import { open } from 'node:fs/promises'

/** A new or renamed file is durable once its directory is; some systems cannot open one, and do not need to. */
export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r').catch(() => undefined)
  if (handle === undefined) return
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
