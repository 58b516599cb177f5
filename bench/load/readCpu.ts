import { readdir, readFile } from 'node:fs/promises'

type ProcessStat = { pid: number; parent: number; name: string; cpuUs: number }

/** Linux counts in hundredths of a second, whatever the kernel's clock is. */
const TICK_US = 10_000

/** @returns what `/proc/PID/stat` says; undefined for a process that is gone */
const readStat = async (pid: number): Promise<ProcessStat | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  const match = text === undefined ? null : /^\d+ \((.*)\) (.*)$/s.exec(text)
  if (match === null) return undefined
  const fields = (match[2] ?? '').split(' ').map(Number)
  // After state and parent: user, system, and both of children that have ended, are the fields 14 to 17.
  const cpuUs = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) * TICK_US
  return { pid, parent: fields[1] ?? 0, name: match[1] ?? '', cpuUs }
}

/** @returns the time on a processor that a process has used, to 10 ms; undefined where there is no `/proc` */
export const readCpuUs = async (pid: number): Promise<number | undefined> => (await readStat(pid))?.cpuUs

/** @returns the same, for all descendants of this process with a certain name, those that have ended included */
export const readDescendantsCpuUs = async (name: string): Promise<number | undefined> => {
  const names = await readdir('/proc').catch(() => undefined)
  if (names === undefined) return undefined
  const stats = await Promise.all(names.filter((entry) => /^\d+$/.test(entry)).map((entry) => readStat(Number(entry))))
  const ours = new Set([process.pid])
  let sumUs = 0
  for (let isNew = true; isNew;) {
    isNew = false
    for (const stat of stats) {
      if (stat === undefined || ours.has(stat.pid) || !ours.has(stat.parent)) continue
      ours.add(stat.pid)
      isNew = true
      if (stat.name === name) sumUs += stat.cpuUs
    }
  }
  return sumUs
}

/** @returns the most memory that a process had resident, in MiB; undefined where there is no `/proc` */
export const readPeakMib = async (pid: number): Promise<number | undefined> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return kib === undefined ? undefined : Math.round(Number(kib) / 1024)
}
