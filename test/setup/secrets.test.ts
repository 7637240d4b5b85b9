import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { bytesOf, newHome } from './homes.ts'
import { openStage, type Stage } from './stage.ts'
import { needTools } from './tools.ts'
import { command, compileHost, powerShellProgram, runProgram, shell, type Way } from './ways.ts'

// What runs the script for PowerShell takes its time to begin on a machine with other work.
setDefaultTimeout(240_000)

let stage: Stage
let host: Awaited<ReturnType<typeof compileHost>>

beforeAll(async () => {
  needTools()
  stage = await openStage()
  host = await compileHost(stage.url)
})
afterAll(() => stage.gateway.stop())

const sh = shell(() => stage.url, 'dash')
const WAYS: readonly Way[] = [command, sh, powerShellProgram(() => host)]

const TOOLS = [
  ...[
    'awk',
    'basename',
    'cat',
    'chmod',
    'cksum',
    'cmp',
    'cp',
    'curl',
    'cut',
    'date',
    'diff',
    'dirname',
    'grep',
    'head',
  ],
  ...[
    'ls',
    'mkdir',
    'mktemp',
    'mv',
    'od',
    'readlink',
    'rm',
    'rmdir',
    'sed',
    'sort',
    'stat',
    'stty',
    'tr',
    'uname',
    'codex',
  ],
]

/** A folder of tools that write down what they were started with before they do their work. */
const watchedTools = (): { readonly path: string; readonly log: string } => {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-tools-'))
  const log = join(path, 'log')
  for (const tool of TOOLS) {
    const real = ['/usr/bin', '/bin'].map((folder) => join(folder, tool)).find((file) => existsSync(file))
    const work = real === undefined ? 'echo codex-cli 0.1.2' : `exec ${real} "$@"`
    const watch = `{ /usr/bin/tr '\\0' ' ' </proc/$$/cmdline; /usr/bin/tr '\\0' ' ' </proc/$$/environ; echo; } >>${log}`
    writeFileSync(join(path, tool), `#!/bin/sh\n${watch}\n${work}\n`)
    chmodSync(join(path, tool), 0o755)
  }
  return { path, log }
}

describe('the key', () => {
  test.each(['setup', 'doctor'] as const)(
    'is given to no program that the script starts, in arguments or environment: %s',
    async (action) => {
      const home = newHome({ '.codex/': '' })
      const { path, log } = watchedTools()
      const errand = {
        client: 'codex',
        home,
        base: stage.url,
        env: { PATH: [path, '/usr/bin', '/bin'].join(delimiter) },
      }
      const before = action === 'doctor' ? await sh.run({ ...errand, key: stage.key }) : undefined
      expect(before?.code ?? 0).toBe(0)
      writeFileSync(log, '')
      const ran = await sh.run({ ...errand, action, ...(action === 'setup' && { key: stage.key }) })
      expect(ran.code).toBe(0)
      expect(ran.said).not.toContain(stage.key)
      const started = readFileSync(log, 'latin1')
      expect(started).toContain('curl')
      expect(started.includes(stage.key)).toBe(false)
      if (action === 'doctor') expect(ran.said).toContain('Codex 0.1.2')
    },
  )

  test.each(WAYS.map((way) => [way.name, way] as const))('may come from standard input: %s', async (_, way) => {
    const home = newHome({ '.aider/': '' })
    const errand = { client: 'aider', home, base: stage.url, switches: ['key-stdin'], input: `${stage.key}\n` } as const
    const ran = await way.run(errand)
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('reached this gateway')])
    expect(bytesOf(home, '.aider.conf.yml')).toContain(stage.key)
    expect(ran.said).not.toContain(stage.key)
  })

  test.each(WAYS.map((way) => [way.name, way] as const))(
    'that is wrong, foreign, or written with signs of its own changes nothing, and is not shown: %s',
    async (_, way) => {
      for (const key of [
        'sk-tg-0123456789012345678901234567890123456789',
        'short',
        "sk-';rm -rf '",
        'sk-"$(id)"`id`',
        'sk-line\nbreak-0123456',
      ]) {
        const home = newHome({ '.codex/config.toml': 'a = 1\n' })
        const ran = await way.run({ client: 'codex', home, base: stage.url, key })
        expect(ran.code).toBe(1)
        expect(ran.said).toMatch(/refuses the key \(401\)|not a key/)
        expect(ran.said).not.toContain(key)
        expect(bytesOf(home, '.codex/config.toml')).toBe('a = 1\n')
        expect(bytesOf(home, '.codex/.env')).toBeUndefined()
      }
    },
  )

  test.each(WAYS.slice(0, 2).map((way) => [way.name, way] as const))(
    'is asked for where there is a terminal alone: %s',
    async (_, way) => {
      const home = newHome({ '.codex/': '' })
      const ran = await way.run({ client: 'codex', home, base: stage.url, input: '' })
      expect([ran.code, ran.said]).toEqual([1, expect.stringContaining('no terminal to ask for the key')])
    },
  )
})

const KEY_ASKED = /Tollgate key[^:]*: $/

/** Types on a terminal: answers each question, in turn, with what is typed. Everything the terminal showed. */
const onTerminal = (
  line: string,
  home: string,
  answers: readonly (readonly [question: RegExp, typed: string])[],
): Promise<{ code: number | null; shown: string }> =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH ?? '', HOME: home, TERM: 'dumb' }
    const child = spawn('script', ['-qec', line, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    const waiting = [...answers]
    let shown = ''
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString()
      const [question, typed] = waiting[0] ?? []
      if (!question?.test(shown)) return
      waiting.shift()
      // The echo is off by the time the question is seen, or a moment later.
      setTimeout(() => child.stdin.write(`${typed}\r`), 300)
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, shown }))
  })

describe('on a terminal', () => {
  const program = join(import.meta.dir, '..', '..', 'bin', 'tollgate.mjs')
  const lines: readonly (readonly [string, () => string])[] = [
    ['the command', () => `node ${program} setup codex --base-url ${stage.url}`],
    ['the script', () => `curl -fsSL ${stage.url}/setup/codex.sh | sh`],
  ]

  test.each(lines)('%s asks for the key, shows nothing of it, and offers to keep it the next time', async (_, line) => {
    const home = newHome({ '.codex/': '' })
    const first = await onTerminal(line(), home, [[KEY_ASKED, stage.key]])
    expect([first.code, first.shown]).toEqual([0, expect.stringContaining('reached this gateway')])
    expect(first.shown).not.toContain(stage.key.slice(6, 16))
    expect(bytesOf(home, '.codex/.env')).toBe(`TOLLGATE_API_KEY=${stage.key}\n`)
    const second = await onTerminal(line(), home, [[KEY_ASKED, '']])
    expect(second.shown).toContain('Enter keeps the present one')
    expect([second.code, second.shown]).toEqual([0, expect.stringContaining('set up already')])
  })

  test.each([
    ['the command', () => `node ${program} setup --base-url ${stage.url}`],
    ['the script', () => `curl -fsSL ${stage.url}/setup/tollgate.sh | sh`],
  ])('%s without a client finds those that are here, and sets up the chosen ones with one key', async (_, line) => {
    const home = newHome({ '.codex/': '', '.aider/': '', '.gemini/': '' })
    const { code, shown } = await onTerminal(line(), home, [
      [/Which[^?]*\? $/, 'codex 3'],
      [KEY_ASKED, stage.key],
    ])
    expect([code, shown]).toEqual([
      0,
      expect.stringMatching(/1 {2}codex [^\n]*\n +2 {2}gemini-cli [^\n]*\n +3 {2}aider /),
    ])
    expect(shown.match(/reached this gateway: req_/g)?.length).toBe(2)
    expect(bytesOf(home, '.codex/.env')).toContain(stage.key)
    expect(bytesOf(home, '.aider.conf.yml')).toContain(stage.key)
    expect(bytesOf(home, '.gemini/.env')).toBeUndefined()
    expect(shown).not.toContain(stage.key.slice(6, 16))
  })

  test('the script leaves the terminal as it was when it is broken off', async () => {
    const home = newHome({ '.codex/': '' })
    const line = `trap : INT; curl -fsSL ${stage.url}/setup/codex.sh | sh; stty -a | grep -o -- '-*echo '`
    const { shown } = await onTerminal(line, home, [[KEY_ASKED, '\u0003']])
    expect(shown).toMatch(/(^|[^-])echo/)
  })
})

describe('without curl', () => {
  const pathWithout = (...names: readonly string[]): string => {
    const path = mkdtempSync(join(tmpdir(), 'tollgate-tools-'))
    for (const tool of [...TOOLS, 'wget', 'sh', 'id'].filter(
      (name) => !names.includes(name) && existsSync(`/usr/bin/${name}`),
    )) {
      writeFileSync(join(path, tool), `#!/bin/sh\nexec /usr/bin/${tool} "$@"\n`)
      chmodSync(join(path, tool), 0o755)
    }
    return path
  }

  test('the script asks by wget, and shows the key to nobody', async () => {
    const home = newHome({ '.claude/': '' })
    const ran = await runProgram(['/usr/bin/dash', await saved('claude-code')], {
      env: { PATH: pathWithout('curl'), HOME: home, TOLLGATE_API_KEY: stage.key },
    })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('reached this gateway')])
    expect(ran.said).not.toContain(stage.key)
  })

  test.each([
    ['curl is missing', ['curl', 'wget']],
    ['awk is missing', ['awk']],
  ])('nor wget, or awk, it says %s', async (what, missing) => {
    const home = newHome({ '.claude/': '' })
    const ran = await runProgram(['/usr/bin/dash', await saved('claude-code')], {
      env: { PATH: pathWithout(...missing), HOME: home, TOLLGATE_API_KEY: stage.key },
    })
    expect([ran.code, ran.said]).toEqual([1, expect.stringContaining(what)])
    expect(ran.said).toContain('Nothing was changed')
  })

  const saved = async (client: string): Promise<string> => {
    const file = join(mkdtempSync(join(tmpdir(), 'tollgate-script-')), 'setup.sh')
    writeFileSync(file, await (await fetch(`${stage.url}/setup/${client}.sh`)).text())
    return file
  }
})
