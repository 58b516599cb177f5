import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { inRoot } from './paths.mjs'

const folders: string[] = []
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })))
})

const files = {
  'package.json': '{ "name": "small", "private": true, "type": "module", "workspaces": ["packages/*"] }',
  'package-lock.json': `{ "name": "small", "lockfileVersion": 3, "requires": true, "packages": {
    "": { "name": "small", "workspaces": ["packages/*"] },
    "node_modules/p": { "resolved": "packages/p", "link": true },
    "packages/p": {} } }`,
  'packages/p/package.json': '{ "name": "p", "type": "module", "exports": { ".": { "default": "./dist/index.js" } } }',
  'packages/p/src/index.ts': 'export const one = 1',
  'packages/p/src/index.test.ts': 'export {}',
  'scripts/build.ts': `
    import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
    import { hashSources, writeStamp } from './bootstrap/buildStamp.mjs'
    const hash = hashSources()
    appendFileSync('builds', 'built ')
    mkdirSync('packages/p/dist', { recursive: true })
    writeFileSync('packages/p/dist/index.js', '')
    console.log('noise of the build')
    writeStamp(hash)`,
  'examples/demo/main.ts': `
    const args: string[] = process.argv.slice(2)
    process.on('SIGTERM', () => { console.log('draining'); process.exit(9) })
    if (args[0] === 'wait') { console.log('waiting'); setInterval(() => {}, 60_000) }
    else if (args[0] === 'die') process.kill(process.pid, 'SIGKILL')
    else { console.log(JSON.stringify(args)); process.exitCode = args.length }`,
}

/** A checkout as fresh as can be, with this project's bootstrap and next to nothing in it. */
const freshCheckout = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'gstd-bootstrap-'))
  folders.push(folder)
  for (const part of ['bootstrap', 'bootstrap.mjs', 'commands.mjs']) {
    await cp(inRoot('scripts', part), join(folder, 'scripts', part), { recursive: true })
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

const start = (folder: string, ...args: string[]) => {
  const child = spawn(process.execPath, [join(folder, 'scripts/bootstrap.mjs'), ...args], { cwd: folder })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (said.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (said.stderr += String(chunk)))
  const ended = new Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, ...said })),
  )
  return { child, ended }
}

const run = (folder: string, ...args: string[]) => start(folder, ...args).ended
const buildsIn = async (folder: string) => (await readFile(join(folder, 'builds'), 'utf8')).trim().split(' ').length

describe('the bootstrap', () => {
  it('installs, builds and hands over; the next time there is nothing to do or to say', async () => {
    const folder = await freshCheckout()
    const first = await run(folder, 'demo', '--output', 'json')
    expect(first).toMatchObject({ code: 2, stdout: '["--output","json"]\n' })
    expect(first.stderr).toMatch(/installing .*\n.*building .*\nnoise of the build/s)
    expect(await run(folder, 'demo')).toEqual({ code: 0, signal: null, stdout: '[]\n', stderr: '' })
    expect(await buildsIn(folder)).toBe(1)
  })

  it('does everything once when several commands begin together', async () => {
    const folder = await freshCheckout()
    const runs = await Promise.all(Array.from({ length: 5 }, () => run(folder, 'demo')))
    expect(runs.map(({ code, stdout }) => [code, stdout])).toEqual(runs.map(() => [0, '[]\n']))
    expect(runs.filter(({ stderr }) => stderr.includes('installing'))).toHaveLength(1)
    expect(await buildsIn(folder)).toBe(1)
  })

  it('builds again after a change of a source or a lost output, not of a test', async () => {
    const folder = await freshCheckout()
    await run(folder, 'demo')
    await writeFile(join(folder, 'packages/p/src/index.test.ts'), 'export const changed = 1')
    await run(folder, 'demo')
    expect(await buildsIn(folder)).toBe(1)
    await writeFile(join(folder, 'packages/p/src/index.ts'), 'export const two = 2')
    await run(folder, 'demo')
    expect(await buildsIn(folder)).toBe(2)
    await rm(join(folder, 'packages/p/dist'), { recursive: true })
    await run(folder, 'demo')
    expect(await buildsIn(folder)).toBe(3)
  })

  it('takes over the lock of a process that died', async () => {
    const folder = await freshCheckout()
    const dead = start(folder, 'no-such-command')
    const pid = dead.child.pid ?? 0
    await dead.ended
    await mkdir(join(folder, '.cache/bootstrap.lock'), { recursive: true })
    await writeFile(join(folder, '.cache/bootstrap.lock', `${pid}-x`), '')
    expect(await run(folder, 'demo')).toMatchObject({ code: 0, stdout: '[]\n' })
  })

  it('passes signals on, and ends as the command ended', async () => {
    const folder = await freshCheckout()
    const { child, ended } = start(folder, 'demo', 'wait')
    child.stdout.on('data', (chunk) => String(chunk).includes('waiting') && child.kill('SIGTERM'))
    expect(await ended).toMatchObject({ code: 9, stdout: 'waiting\ndraining\n' })
    expect(await run(folder, 'demo', 'die')).toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  it('names the commands where one is unknown', async () => {
    const { code, stderr, stdout } = await run(await freshCheckout(), 'dmeo')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/no command "dmeo"[^]*npm run demo/)
  })

  it('says what to do where the lockfile does not fit', async () => {
    const folder = await freshCheckout()
    await writeFile(join(folder, 'package.json'), '{ "name": "small", "dependencies": { "ms": "2.1.3" } }')
    const { code, stderr } = await run(folder, 'demo')
    expect(code).toBe(1)
    expect(stderr).toMatch(/could not be installed\ngstd: .*run `npm install`/)
  })
})
