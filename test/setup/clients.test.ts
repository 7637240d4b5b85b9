import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CLIENTS } from '../../src/setup/clients.ts'
import type { Client } from '../../src/setup/types.ts'
import { newHome, type Tree, treeOf } from './homes.ts'
import { openStage, type Stage } from './stage.ts'
import { needTools } from './tools.ts'
import { command, compileHost, fixture, powerShellProgram, shell, type Way } from './ways.ts'

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

const url = (): string => stage.url
/** Each with the clients it is tried with: what differs between shells does not differ between clients. */
const WAYS: readonly (readonly [Way, only?: readonly string[]])[] = [
  [command],
  [shell(url, 'dash')],
  [powerShellProgram(() => host)],
  [shell(url, 'bash'), ['claude-desktop', 'continue', 'cursor']],
  [shell(url, 'bash', '--posix'), ['codex']],
  [shell(url, 'zsh'), ['codex', 'zed', 'cursor']],
  [shell(url, 'busybox', 'sh'), ['claude-code', 'continue']],
]
const AUTOMATIC = CLIENTS.filter(({ changes }) => changes.length > 0)
const BY_HAND = CLIENTS.filter(({ changes }) => changes.length === 0)

/** What was there before anything: an extension of VS Code, and the folder of somebody else. */
const BEFORE = { '.vscode/extensions/anthropic.claude-code-2.0.0/': '', '.config/other/file': 'x' }

/** The files that `expected/<client>` holds, as they are in a home folder. */
const expectedOf = ({ id }: Client): Readonly<Record<string, string>> => {
  const folder = join(import.meta.dir, 'expected', id)
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  return Object.fromEntries(
    names.map((name) => [
      name.replaceAll(/(^|\/)dot-/g, '$1.').replace(/\.txt$/, ''),
      fixture('expected', id, name).replaceAll('{base}', stage.url).replaceAll('{key}', stage.key),
    ]),
  )
}

/** The files of clients in a home: what a set-up keeps for itself is not among them. */
const filesOf = (tree: Tree): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(tree)
      .filter(([name, text]) => text !== 'folder' && !name.startsWith('.tollgate/setup/') && !(name in BEFORE))
      .map(([name, text]) => [name, text.replace(/^\d+ /, '')]),
  )

describe.each(WAYS.map(([way, only]) => [way.name, way, only] as const))('%s', (_, way, only) => {
  const isTried = ({ id }: Client): boolean => only?.includes(id) ?? true
  test.each(AUTOMATIC.filter(isTried).map((client) => [client.id, client] as const))(
    'sets up %s as expected, once, is content with it, and undoes it byte for byte',
    async (client, row) => {
      const home = newHome(BEFORE)
      const before = treeOf(home)
      const setUp = await way.run({ client, home, base: stage.url, key: stage.key, switches: ['anyway'] })
      expect([setUp.code, setUp.said]).toEqual([0, expect.stringContaining('reached this gateway: req_')])
      const after = treeOf(home)
      expect(filesOf(after)).toEqual(expectedOf(row))
      const open = Object.entries(after).filter(([, text]) => text.includes(stage.key) && !text.startsWith('600 '))
      expect(way.name.includes('PowerShell') ? [] : open).toEqual([])

      const again = await way.run({ client, home, base: stage.url, key: stage.key, switches: ['anyway'] })
      expect([again.code, again.said]).toEqual([0, expect.stringContaining('is set up already')])
      expect(filesOf(treeOf(home))).toEqual(filesOf(after))

      const doctor = await way.run({ action: 'doctor', client, home })
      expect(doctor.said.split('\n').filter((line) => line.startsWith('WRONG'))).toEqual(
        existsSync(join(home, '.vscode')) && doctor.said.includes('is not on this machine')
          ? [expect.stringContaining('is not on this machine')]
          : [],
      )
      expect(`${setUp.said}${again.said}${doctor.said}`).not.toContain(stage.key)

      const undo = await way.run({ action: 'undo', client, home })
      expect([undo.code, undo.said]).toEqual([0, expect.stringContaining('is as it was')])
      expect(treeOf(home)).toEqual(before)
    },
  )

  const byHand = BY_HAND.filter(isTried).map(({ id }) => id)
  test.each(byHand.length > 0 ? byHand : ['lobechat'])(
    'prints how to set up %s, and sends the request all the same',
    async (client) => {
      const home = newHome()
      const ran = await way.run({ client, home, base: stage.url, key: stage.key })
      expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('reached this gateway: req_')])
      expect(ran.said).toContain(stage.url)
      expect(treeOf(home)).toEqual({})
    },
  )

  test('leaves a machine without the client as it is, and says so', async () => {
    const home = newHome({ a: 'b' })
    const before = treeOf(home)
    const env = { PATH: '/usr/bin:/bin' }
    const ran = await way.run({ client: 'zed', home, base: stage.url, key: stage.key, env })
    expect([ran.code, ran.said]).toEqual([
      1,
      expect.stringMatching(/Zed is not on this machine[\s\S]*Nothing was changed/),
    ])
    const undo = await way.run({ action: 'undo', client: 'zed', home })
    expect([undo.code, undo.said]).toEqual([0, expect.stringContaining('was not set up here')])
    expect(treeOf(home)).toEqual(before)
  })

  test('shows what it would change, without a key, and changes nothing', async () => {
    const home = newHome({ '.codex/config.toml': 'model = "mine" # m\n', '.codex/.env': 'OTHER=sk-0123456789abcdef\n' })
    const before = treeOf(home)
    const ran = await way.run({
      client: 'codex',
      home,
      base: stage.url,
      switches: ['dry-run'],
      env: { PATH: '/usr/bin:/bin' },
    })
    expect(ran.code).toBe(0)
    for (const line of [
      '-model = "mine" # m',
      '+model = "MODEL" # m',
      `+base_url = "${stage.url}/v1"`,
      '+TOLLGATE_API_KEY=(your key)',
    ])
      expect(ran.said.replaceAll(/^([+-]) /gm, '$1')).toContain(line)
    expect(ran.said).not.toContain('0123456789abcdef')
    expect(ran.said).toContain('Nothing was changed.')
    expect(treeOf(home)).toEqual(before)
  })

  test('names the model it was told to, where the gateway serves that', async () => {
    const home = newHome({ '.aider/': '' })
    const ran = await way.run({ client: 'aider', home, base: `${stage.url}/v1/`, key: stage.key, model: 'gpt-5.4' })
    expect([ran.code, treeOf(home)['.aider.conf.yml']]).toEqual([0, expect.stringContaining('model: "openai/gpt-5.4"')])
    const refused = await way.run({ client: 'aider', home, base: stage.url, key: stage.key, model: 'no-such-model' })
    expect([refused.code, refused.said]).toEqual([
      1,
      expect.stringMatching(/reached this gateway \(req_\w+\), which refused it with (404|503)/),
    ])
  })
})
