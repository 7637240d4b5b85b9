import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLIENTS } from '../../src/setup/clients.ts'
import { startGateway } from '../harness/gateway.ts'
import { newHome, treeOf } from './homes.ts'
import { syntaxFaults } from '../checks/powershell.ts'
import { openStage, type Stage } from './stage.ts'
import { needTools } from './tools.ts'
import { runProgram } from './ways.ts'

// What runs the script for PowerShell takes its time to begin on a machine with other work.
setDefaultTimeout(240_000)

let stage: Stage
beforeAll(async () => {
  needTools()
  stage = await openStage()
})
afterAll(() => stage.gateway.stop())

const NAMES = ['tollgate', ...CLIENTS.map(({ id }) => id)]
const textOf = async (path: string): Promise<string> => (await fetch(stage.url + path)).text()

/** Asks with headers of one's own choice, `Host` among them. */
const askAs = (url: string, headers: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })

describe('GET /setup', () => {
  test('lists every client, and how to set it up on each kind of machine', async () => {
    const text = await textOf('/setup')
    for (const { id, name } of CLIENTS) expect(text).toMatch(new RegExp(`^ {2}${id} +${name}`, 'm'))
    expect(text).toContain(`curl -fsSL ${stage.url}/setup/CLIENT.sh | sh`)
    const { data } = JSON.parse(await textOf('/setup/clients.json'))
    expect(data.map(({ id }: { id: string }) => id)).toEqual(CLIENTS.map(({ id }) => id))
  })

  test('needs no key, is not kept for long, and runs nothing in a browser', async () => {
    const answer = await fetch(`${stage.url}/setup/codex.sh`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/x-shellscript; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    const etag = answer.headers.get('etag') ?? ''
    expect((await fetch(`${stage.url}/setup/codex.sh`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await fetch(`${stage.url}/setup/codex.sh`, { method: 'HEAD' })).status).toBe(200)
  })

  test.each(['nobody.sh', 'codex.exe', '../codex.sh', 'codex', 'nobody.json', 'constructor.sh'])(
    'has no %s',
    async (name) => {
      expect((await fetch(`${stage.url}/setup/${name}`)).status).toBe(404)
    },
  )
})

describe('a script', () => {
  test.each(['Host', 'X-Forwarded-Host', 'Forwarded', 'X-Original-URL'])(
    'never has what %s says in it',
    async (header) => {
      const evil = 'evil.example'
      for (const name of ['codex.sh', 'codex.ps1', 'codex.md', 'clients.json']) {
        const text = await askAs(`${stage.url}/setup/${name}`, { [header]: evil, 'X-Forwarded-Proto': evil })
        expect(text).not.toContain('evil.example')
        expect(text).toContain(stage.url)
        expect(await askAs(`${stage.url}/setup/${name}`, { [header]: "evil.example';touch owned;'" })).not.toContain(
          'evil',
        )
      }
    },
  )

  test('has the public address of the configuration in it, or none where nobody knows it', async () => {
    for (const [publicUrl, expected] of [
      ['https://tollgate.example/', "BASE='https://tollgate.example'"],
      [null, "BASE=''"],
    ] as const) {
      const gateway = await startGateway({ config: { providers: { demo: { kind: 'demo' } }, public_url: publicUrl } })
      const text = await (await fetch(`${gateway.url}/setup/codex.sh`)).text()
      await gateway.stop()
      expect(text).toContain(`\n${expected}\n`)
      if (publicUrl === null) {
        const home = newHome({ '.codex/': '' })
        const ran = await runProgram(['sh', '-s', '--', '--dry-run'], {
          env: { PATH: '/usr/bin:/bin', HOME: home },
          input: text,
        })
        expect([ran.code, ran.said]).toEqual([2, expect.stringContaining('--base-url')])
      }
    }
  })

  test('for shells can be read by each of them, and by shellcheck', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-scripts-'))
    for (const name of NAMES) {
      const file = join(folder, `${name}.sh`)
      writeFileSync(file, await textOf(`/setup/${name}.sh`))
      for (const interpreter of [['sh'], ['dash'], ['bash'], ['bash', '--posix'], ['zsh'], ['busybox', 'sh']]) {
        const read = spawnSync(interpreter[0] ?? '', [...interpreter.slice(1), '-n', file], { encoding: 'utf8' })
        expect([name, interpreter, read.status, read.stderr]).toEqual([name, interpreter, 0, ''])
      }
    }
    const checked = spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', join(folder, 'tollgate.sh')], {
      encoding: 'utf8',
    })
    expect(checked.stdout).toBe('')
  })

  test('that did not arrive whole does nothing', async () => {
    const home = newHome({ '.codex/': '' })
    const before = treeOf(home)
    const whole = await textOf('/setup/codex.sh')
    for (const share of [0.3, 0.6, 0.9, 0.999]) {
      const ran = await runProgram(['sh'], {
        env: { PATH: process.env.PATH ?? '', HOME: home, TOLLGATE_API_KEY: stage.key },
        input: whole.slice(0, Math.floor(whole.length * share)),
      })
      expect(ran.said).not.toContain('reached this gateway')
    }
    expect(treeOf(home)).toEqual(before)
  })

  test('takes its words behind sh -s', async () => {
    const home = newHome({ '.codex/config.toml': 'a = 1\n' })
    const before = treeOf(home)
    const env = { PATH: process.env.PATH ?? '', HOME: home, TOLLGATE_API_KEY: stage.key }
    const script = await textOf('/setup/codex.sh')
    for (const word of ['setup', 'doctor', 'undo'])
      expect([word, (await runProgram(['sh', '-s', '--', word], { env, input: script })).code]).toEqual([word, 0])
    expect(treeOf(home)).toEqual(before)
    expect((await runProgram(['sh', '-s', '--', '--nothing'], { env, input: script })).code).toBe(2)
    expect((await runProgram(['sh', '-s', '--', '--help'], { env, input: script })).said).toContain('Usage')
    expect(
      (await runProgram(['sh', '-s', '--', 'list'], { env, input: await textOf('/setup/tollgate.sh') })).said,
    ).toContain('librechat')
  })

  test('for PowerShell can be read as such', async () => {
    for (const name of NAMES) expect([name, await syntaxFaults(await textOf(`/setup/${name}.ps1`))]).toEqual([name, []])
    expect((await syntaxFaults('if ($x { 1 }')).length).toBeGreaterThan(0)
  })

  test('for PowerShell uses nothing that Windows PowerShell 5.1 lacks', async () => {
    const outside = (await textOf('/setup/tollgate.ps1')).replaceAll(/^\$\w+ = @'\n[\s\S]*?\n'@$/gm, '')
    expect(outside).not.toMatch(
      /\?\?|\?\.|&&|\|\||\bternary\b|\s\?\s.*\s:\s|-AsPlainText|-NoProxy|ForEach-Object -Parallel/,
    )
  })
})
