import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BIN = new URL('.', import.meta.url).pathname
const SCRIPT = `
const [what, how] = process.argv.slice(2)
if (what === 'wait' && how) process.on(how, () => { process.stdout.write('got ' + how + '\\n'); process.exit(5) })
process.stdout.write(JSON.stringify({
  args: process.argv.slice(2), cwd: process.cwd(), pid: process.pid,
  requests: process.env.BUN_CONFIG_MAX_HTTP_REQUESTS, blocks: process.env.BUN_JSC_useWarmUpMarkedBlocks, dotenv: process.env.FROM_DOTENV ?? null,
}) + '\\n')
if (what === 'exit') process.exit(Number(how))
if (what === 'wait') setInterval(() => {}, 1_000)
if (what === 'import') await import('left-pad-that-is-not-installed')
`

interface Said {
  readonly args: string[]
  readonly cwd: string
  readonly pid: number
  readonly requests: string
  readonly blocks: string
  readonly dotenv: string | null
}

let folder = ''
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tollgate-')))
  writeFileSync(join(folder, 'script.ts'), SCRIPT)
  // What a stranger's project may hold; none of it is meant for Tollgate.
  writeFileSync(join(folder, '.env'), 'FROM_DOTENV=1\n')
  writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./not-there.ts"]\n')
  writeFileSync(join(folder, 'tsconfig.json'), '{ broken')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const start = (...args: string[]): ChildProcess => startWith({}, ...args)

const startWith = (environment: Record<string, string>, ...args: string[]): ChildProcess =>
  spawn('node', [join(BIN, 'bun.mjs'), join(folder, 'script.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** Everything a process wrote, and how it ended. */
const ending = (
  child: ChildProcess,
): Promise<{ out: string; problems: string; code: number | null; signal: string | null }> =>
  new Promise((resolve) => {
    let out = ''
    let problems = ''
    child.stdout?.on('data', (chunk) => (out += chunk))
    child.stderr?.on('data', (chunk) => (problems += chunk))
    child.on('close', (code, signal) => resolve({ out, problems, code, signal }))
  })

const firstLine = (child: ChildProcess): Promise<Said> =>
  new Promise((resolve) =>
    child.stdout?.once('data', (chunk) => resolve(JSON.parse(String(chunk).split('\n')[0] ?? ''))),
  )

describe('a script started through Node', () => {
  test('runs on Bun in the same directory with its arguments, untouched by the settings of that directory', async () => {
    const { out, code } = await ending(start('--a', 'b c'))
    expect(code).toBe(0)
    const said: Said = JSON.parse(out)
    expect(said).toMatchObject({ args: ['--a', 'b c'], cwd: folder, requests: '65336', dotenv: null })
  })

  test('gets the settings that suit a gateway, unless it is given others', async () => {
    expect(await firstLine(start())).toMatchObject({ requests: '65336', blocks: '0' })
    const given = { BUN_CONFIG_MAX_HTTP_REQUESTS: '512', BUN_JSC_useWarmUpMarkedBlocks: '1' }
    expect(await firstLine(startWith(given))).toMatchObject({ requests: '512', blocks: '1' })
    const empty = { BUN_CONFIG_MAX_HTTP_REQUESTS: '', BUN_JSC_useWarmUpMarkedBlocks: '' }
    expect(await firstLine(startWith(empty))).toMatchObject({ requests: '65336', blocks: '0' })
  })

  test('ends with its exit code', async () => {
    expect((await ending(start('exit', '78'))).code).toBe(78)
  })

  test('fetches no package that is not there', async () => {
    const { code, problems } = await ending(start('import'))
    expect(code).not.toBe(0)
    expect(problems).toContain('left-pad-that-is-not-installed')
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('gets %s, and may finish what it is doing', async (signal) => {
    const child = start('wait', signal)
    await firstLine(child)
    const ended = ending(child)
    child.kill(signal)
    expect(await ended).toMatchObject({ out: `got ${signal}\n`, code: 5 })
  })

  test('that dies of a signal makes the starter die of it', async () => {
    const child = start('wait')
    const { pid } = await firstLine(child)
    const ended = ending(child)
    process.kill(pid, 'SIGTERM')
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  test('is not left behind when the starter is killed', async () => {
    const child = start('wait')
    const { pid } = await firstLine(child)
    const ended = ending(child)
    child.kill('SIGKILL')
    await ended
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(isAlive(pid)).toBe(false)
  })
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    // Nobody has that id any more, which is the answer.
    return false
  }
}

test('without Bun, the message says what to run', async () => {
  const alone = join(folder, 'alone')
  mkdirSync(alone)
  cpSync(BIN, join(alone, 'bin'), { recursive: true })
  const { code, problems } = await ending(spawn('node', [join(alone, 'bin', 'tollgate.mjs')], { cwd: folder }))
  expect(code).toBe(1)
  expect(problems).toContain('run `npm ci`')
})

test('bun.mjs without a script is wrong usage', async () => {
  expect((await ending(spawn('node', [join(BIN, 'bun.mjs')]))).code).toBe(2)
})
