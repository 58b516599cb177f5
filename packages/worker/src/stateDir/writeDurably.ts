import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A directory's entries are durable once the directory itself is; some systems cannot open one, and do not need to. */
export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r').catch(() => undefined)
  if (handle === undefined) return
  try {
    await handle.sync()
  } catch {
    // Windows refuses to sync a directory.
  } finally {
    await handle.close()
  }
}

let writes = 0

/**
 * Replaces a file so that at every moment, a power cut included, it holds either the old bytes or all of the new ones.
 * The file is readable by its owner only.
 */
export const writeDurably = async (file: string, content: string): Promise<void> => {
  const temporary = `${file}.${process.pid}.${++writes}.tmp`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  await syncDirectory(dirname(file))
}
