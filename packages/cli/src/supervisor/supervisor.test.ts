import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSupervisor } from './createSupervisor.ts'
import { type SupervisedProcess, superviseProcess } from './superviseProcess.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url))
const nodeArgs = ['--conditions=@gstd/source', '--disable-warning=ExperimentalWarning']
const READY_MS = 20_000

const started: SupervisedProcess[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.kill()))
})

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const gone = (pids: readonly number[]) =>
  vi.waitFor(() => expect(pids.filter(exists)).toEqual([]), { timeout: 10_000, interval: 20 })

/** Starts a supervising process in a group of its own, as a shell does, and waits for its children. */
const runParent = async (...children: string[]) => {
  const lines: string[] = []
  const pids: number[] = []
  const parent = superviseProcess({
    name: 'parent',
    command: process.execPath,
    args: [...nodeArgs, fixture('parent'), ...children],
    onLine: (line) => lines.push(line),
  })
  started.push(parent)
  await parent.waitForLine((line) => {
    const pid = /^(?:ready \S+|descendant) (\d+)/.exec(line)?.[1]
    if (pid !== undefined) pids.push(Number(pid))
    return lines.filter((known) => known.startsWith('ready')).length === children.length ? true : undefined
  }, READY_MS)
  return { parent, lines, pids }
}

const startChild = (supervisor: ReturnType<typeof createSupervisor>, name: string, ...habits: string[]) => {
  const lines: string[] = []
  const child = supervisor.start({
    name,
    command: process.execPath,
    args: [...nodeArgs, fixture('child'), name, ...habits],
    onLine: (line) => lines.push(line),
  })
  started.push(child)
  return { child, lines, ready: child.waitForLine((line) => line.match(/^ready .*/)?.[0], READY_MS) }
}

describe('a supervised process', () => {
  it('watches the pipe, and keeps its descriptor from its own children', async () => {
    const { ready, child } = startChild(createSupervisor(), 'a')
    expect(await ready).toBe(`ready a ${child.pid} true taken`)
  })

  it('that ends before it is ready says so with its last lines', async () => {
    const { ready } = startChild(createSupervisor(), 'a', 'fail')
    await expect(ready).rejects.toMatchObject({
      code: 'PROCESS_FAILED',
      message: expect.stringContaining('exit code 7'),
      details: { stderr: ['the port is in use'] },
    })
  })

  it('that cannot be started says so', async () => {
    const child = createSupervisor().start({ name: 'ghost', command: '/nowhere/at-all' })
    await expect(child.waitForLine(() => true, READY_MS)).rejects.toMatchObject({ code: 'PROCESS_FAILED' })
    expect(await child.exited).toMatchObject({ code: null, error: { code: 'ENOENT' } })
    expect(child.isRunning()).toBe(false)
  })

  it('that is not ready in time is a timeout', async () => {
    const { child, ready } = startChild(createSupervisor(), 'a')
    await ready
    await expect(child.waitForLine(() => undefined, 20)).rejects.toMatchObject({ code: 'PROCESS_TIMEOUT' })
  })
})

describe('createSupervisor', () => {
  it('stops the last started first, and starts nothing after that', async () => {
    const supervisor = createSupervisor()
    const order: string[] = []
    for (const name of ['chain', 'server', 'device']) {
      const { child, ready } = startChild(supervisor, name)
      await ready
      void child.exited.then(() => order.push(name))
    }
    expect(supervisor.running().map(({ name }) => name)).toEqual(['chain', 'server', 'device'])
    await supervisor.stop()
    expect(order).toEqual(['device', 'server', 'chain'])
    expect(supervisor.running()).toEqual([])
    expect(() => supervisor.start({ name: 'late', command: process.execPath })).toThrow(
      expect.objectContaining({ code: 'SHUTTING_DOWN' }),
    )
  })

  it('kills what does not stop, with its descendants', async () => {
    const supervisor = createSupervisor()
    const { child, lines, ready } = startChild(supervisor, 'a', 'stubborn', 'descendant')
    await ready
    const pids = [child.pid ?? 0, Number(lines[0]?.split(' ')[1])]
    expect(pids.every(exists)).toBe(true)
    await supervisor.stop(100)
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(lines).toContain('a SIGTERM')
    await gone(pids)
  })

  it('takes down what a crashed process left in its group', async () => {
    const { child, lines, ready } = startChild(createSupervisor(), 'a', 'descendant')
    await ready
    child.signal('SIGKILL')
    await child.exited
    await gone([Number(lines[0]?.split(' ')[1])])
  })
})

describe.runIf(process.platform !== 'win32')('a supervising process', () => {
  it('killed by kill -9 leaves nothing behind, stubborn or not', async () => {
    const { parent, pids } = await runParent('a', 'b:stubborn', 'c')
    expect(pids.filter(exists)).toHaveLength(3)
    parent.signal('SIGKILL')
    await parent.exited
    await gone(pids)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops everything in order on %s, and ends by it',
    async (signal) => {
      const { parent, lines, pids } = await runParent('a', 'b')
      parent.signal(signal)
      expect(await parent.exited).toEqual({ code: null, signal })
      await gone(pids)
      expect(lines.filter((line) => line.endsWith('SIGTERM'))).toEqual(['b SIGTERM', 'a SIGTERM'])
    },
  )

  it('takes a Ctrl-C that comes by the terminal and by npm for one, and keeps it from its children', async () => {
    const { parent, lines } = await runParent('a', 'b')
    process.kill(-(parent.pid ?? 0), 'SIGINT')
    parent.signal('SIGINT')
    expect(await parent.exited).toEqual({ code: null, signal: 'SIGINT' })
    expect(lines.filter((line) => /SIG/.test(line))).toEqual(['b SIGTERM', 'a SIGTERM'])
  })

  it('kills everything on a second signal', async () => {
    const { parent, pids } = await runParent('a', 'b:stubborn')
    parent.signal('SIGTERM')
    await parent.waitForLine((line) => (line === 'b SIGTERM' ? true : undefined), READY_MS)
    const again = setInterval(() => parent.signal('SIGTERM'), 600) // further apart than an echo
    expect(await parent.exited).toEqual({ code: null, signal: 'SIGTERM' })
    clearInterval(again)
    await gone(pids)
  })
})
