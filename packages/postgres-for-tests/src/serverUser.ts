import { readFile } from 'node:fs/promises'

/** Who runs the server; nothing where that is whoever runs this. */
export type ServerUser = { uid: number; gid: number } | undefined

/** @returns `nobody` for root, whom PostgreSQL refuses */
export const serverUser = async (): Promise<ServerUser> => {
  if (process.getuid?.() !== 0) return undefined
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('nobody:'))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) {
    throw new Error('PostgreSQL does not run as root, and there is no user "nobody" to run it as')
  }
  return { uid: Number(uid), gid: Number(gid) }
}
