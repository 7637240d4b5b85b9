import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { bytesOf, newHome, treeOf } from './homes.ts'
import { openStage, type Stage } from './stage.ts'
import { needTools } from './tools.ts'
import { command, compileHost, type Errand, powerShellProgram, shell, type Way } from './ways.ts'

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

const bash = shell(() => stage.url, 'sh')
const ON_UNIX: readonly Way[] = [command, bash]
const ALL: readonly Way[] = [...ON_UNIX, powerShellProgram(() => host)]
const named = (ways: readonly Way[]) => ways.map((way) => [way.name, way] as const)

const setUp = (way: Way, client: string, home: string, more: Partial<Errand> = {}) =>
  way.run({ client, home, base: stage.url, key: stage.key, switches: ['anyway'], ...more })
const undo = (way: Way, client: string, home: string, ...switches: 'force'[]) =>
  way.run({ action: 'undo', client, home, switches })

const BOM = '\u00ef\u00bb\u00bf'
const SETTINGS = '.claude/settings.json'

/** Files as people have them. */
const ODD: readonly (readonly [what: string, client: string, file: string, text: string])[] = [
  ['comments and tabs', 'claude-code', SETTINGS, '// mine\n{\n\t"permissions": { "allow": [] }, // all\n}\n'],
  [
    'CRLF and no end of the last line',
    'claude-code',
    SETTINGS,
    '{\r\n    "env": {\r\n        "FOO": "1"\r\n    }\r\n}',
  ],
  ['a byte order mark', 'opencode', '.config/opencode/opencode.json', `${BOM}{\n  "theme": "x"\n}\n`],
  ['nothing in it', 'claude-code', SETTINGS, ''],
  ['one line', 'gemini-cli', '.gemini/settings.json', '{"a":{"b":[1,2,{"c":"}"}]}}'],
  ['bytes that are no UTF-8', 'claude-code', SETTINGS, '{"name": "\u00ff\u00e9"}\n'],
  [
    'a value of its own',
    'codex',
    '.codex/config.toml',
    'model_provider = "azure" # work\r\n\r\n[model_providers.azure]\r\nname = "A"\r\n',
  ],
  [
    'comments in YAML',
    'continue',
    '.continue/config.yaml',
    '# top\nname: mine\nmodels: # all\n# none yet\n- name: a\n  provider: x\n',
  ],
  ['a dotenv of others', 'gemini-cli', '.gemini/.env', '# keys\nexport GEMINI_API_KEY="old" # mine\nOTHER=1'],
]

describe.each(named(ALL))('%s', (_, way) => {
  test.each(ODD)('keeps %s, and gives it back byte for byte', async (_what, client, file, text) => {
    const home = newHome({ [file]: text })
    chmodSync(join(home, file), 0o640)
    const before = treeOf(home)
    expect(await setUp(way, client, home)).toMatchObject({ code: 0 })
    const set = bytesOf(home, file) ?? ''
    expect(set).not.toBe(text)
    expect(set.startsWith(BOM)).toBe(text.startsWith(BOM))
    expect(/[^\r]\n/.test(set)).toBe(text.includes('\r\n') ? false : set.includes('\n'))
    expect((await way.run({ action: 'doctor', client, home })).said).toContain(`${file} is as it was set`)
    expect(await setUp(way, client, home)).toMatchObject({ code: 0, said: expect.stringContaining('set up already') })
    expect(await undo(way, client, home)).toMatchObject({ code: 0 })
    const after = treeOf(home)
    // Windows keeps permissions with the file; the program for it leaves them to Windows.
    const plain = (tree: typeof after) => (way === ALL[2] ? { ...tree, [file]: tree[file]?.slice(4) } : tree)
    expect(plain(after)).toEqual(plain(before))
  })

  test.each([
    ['claude-code', SETTINGS, '{"env": [', 'is not JSON'],
    ['claude-code', SETTINGS, '{"env": "FOO=1"}', 'something else than an object at env'],
    ['claude-code', SETTINGS, '{"env": []}', 'something else than an object at env'],
    ['claude-code', SETTINGS, '{"a": "\0"}', 'is not text'],
    ['codex', '.codex/config.toml', 'model_providers = { x = {} }\n', 'written in one line'],
    ['continue', '.continue/config.yaml', 'models: [{ name: a }]\n', 'nothing can be added'],
    ['aider', '.aider.conf.yml', 'model: |\n  x\n', 'not on one line'],
  ])('refuses to touch anything of %s where %s is %j', async (client, file, text, why) => {
    const home = newHome({ [file]: text })
    const before = treeOf(home)
    const ran = await setUp(way, client, home)
    expect([ran.code, ran.said]).toEqual([1, expect.stringContaining(why)])
    expect(ran.said).toContain('Nothing was changed')
    expect(treeOf(home)).toEqual(before)
  })

  test('does not undo what was changed since, says what to do, and takes out only its own when told to', async () => {
    const home = newHome({ [SETTINGS]: '{\n  "env": {\n    "ANTHROPIC_MODEL": "mine"\n  }\n}\n' })
    await setUp(way, 'claude-code', home)
    const file = join(home, SETTINGS)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"env"', '"theme": "dark",\n  "env"'))
    const changed = treeOf(home)
    const refused = await undo(way, 'claude-code', home)
    expect([refused.code, refused.said]).toEqual([1, expect.stringMatching(/was changed since[\s\S]*-force/i)])
    expect(treeOf(home)).toEqual(changed)
    expect(await undo(way, 'claude-code', home, 'force')).toMatchObject({ code: 0 })
    expect(bytesOf(home, SETTINGS)).toBe('{\n  "theme": "dark",\n  "env": {\n    "ANTHROPIC_MODEL": "mine"\n  }\n}\n')
    expect(Object.keys(treeOf(home)).filter((name) => name.startsWith('.tollgate'))).toEqual([])
  })

  test('takes out its own of a file that it made and others went on with, and takes away one that nobody did', async () => {
    const home = newHome({ '.codex/': '' })
    await setUp(way, 'codex', home)
    appendFileSync(join(home, '.codex/config.toml'), '\n[projects."/x"]\ntrust_level = "trusted"\n')
    expect(await undo(way, 'codex', home, 'force')).toMatchObject({ code: 0 })
    expect(bytesOf(home, '.codex/config.toml')?.trim()).toBe('[projects."/x"]\ntrust_level = "trusted"')
    expect(bytesOf(home, '.codex/.env')).toBeUndefined()
  })

  test('set up again after a change of others keeps that change, and still gives back the rest', async () => {
    const home = newHome({ [SETTINGS]: '{\n  "a": 1\n}\n' })
    await setUp(way, 'claude-code', home)
    const file = join(home, SETTINGS)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"a": 1', '"a": 2'))
    expect(await setUp(way, 'claude-code', home, { model: 'gpt-5.4' })).toMatchObject({ code: 0 })
    expect(bytesOf(home, SETTINGS)).toContain('"ANTHROPIC_MODEL": "gpt-5.4"')
    expect(await undo(way, 'claude-code', home)).toMatchObject({ code: 0 })
    expect(bytesOf(home, SETTINGS)).toBe('{\n  "a": 2\n}\n')
  })

  test('what only an earlier set-up changed is undone with the rest', async () => {
    const home = newHome({ [SETTINGS]: '{}\n', '.config/Code/User/settings.json': '{ "a": 1 }\n' })
    const before = treeOf(home)
    const extension = join(home, '.vscode/extensions/anthropic.claude-code-2.0.0')
    mkdirSync(extension, { recursive: true })
    await setUp(way, 'claude-code', home)
    expect(bytesOf(home, '.config/Code/User/settings.json')).toContain('disableLoginPrompt')
    rmSync(join(home, '.vscode'), { recursive: true })
    expect(await setUp(way, 'claude-code', home, { model: 'gpt-5.4' })).toMatchObject({ code: 0 })
    expect(await undo(way, 'claude-code', home)).toMatchObject({ code: 0 })
    expect(treeOf(home)).toEqual(before)
  })

  test('a file that was taken away since comes back only when told to', async () => {
    const home = newHome({ [SETTINGS]: '{}\n' })
    await setUp(way, 'claude-code', home)
    rmSync(join(home, SETTINGS))
    expect(await undo(way, 'claude-code', home)).toMatchObject({
      code: 1,
      said: expect.stringContaining('was taken away'),
    })
    expect(await undo(way, 'claude-code', home, 'force')).toMatchObject({ code: 0 })
    expect(bytesOf(home, SETTINGS)).toBe('{}\n')
  })

  test('the doctor sees what was changed, and what is in the way', async () => {
    const home = newHome({ [SETTINGS]: '{}\n' })
    const warned = await setUp(way, 'claude-code', home, { env: { ANTHROPIC_API_KEY: 'sk-ant-something-else' } })
    expect(warned.said).toContain('But here ANTHROPIC_API_KEY is set')
    const file = join(home, SETTINGS)
    writeFileSync(file, readFileSync(file, 'utf8').replace(`"${stage.url}"`, '"https://elsewhere.example"'))
    const env = { ANTHROPIC_API_KEY: 'sk-ant-something-else', HTTPS_PROXY: 'http://proxy.example:1' }
    const ran = await way.run({ action: 'doctor', client: 'claude-code', home, env })
    expect(ran.code).toBe(1)
    expect(ran.said).toMatch(/WRONG {2}file: .*settings\.json does not say what was set: env\.ANTHROPIC_BASE_URL\./)
    expect(ran.said).toMatch(/WRONG {2}environment: ANTHROPIC_API_KEY/)
    expect(ran.said).toMatch(/look {3}proxy: HTTPS_PROXY/)
    expect(ran.said).not.toContain('sk-ant-something-else')
    rmSync(file)
    expect((await way.run({ action: 'doctor', client: 'claude-code', home })).said).toMatch(/WRONG {2}file: .* is gone/)
  })
})

describe.each(named(ON_UNIX))('%s', (_, way) => {
  test('writes through links of files and of folders, and leaves the links', async () => {
    const home = newHome({ 'dotfiles/settings.json': '{}\n', 'dotfiles/codex/config.toml': '# mine\n' })
    mkdirSync(join(home, '.claude'))
    symlinkSync('../dotfiles/settings.json', join(home, SETTINGS))
    symlinkSync(join(home, 'dotfiles/codex'), join(home, '.codex'))
    const before = treeOf(home)
    for (const client of ['claude-code', 'codex']) {
      expect(await setUp(way, client, home)).toMatchObject({ code: 0 })
      expect(await setUp(way, client, home)).toMatchObject({ said: expect.stringContaining('set up already') })
    }
    expect(bytesOf(home, 'dotfiles/settings.json')).toContain(stage.url)
    expect(bytesOf(home, 'dotfiles/codex/config.toml')).toContain(stage.url)
    expect(treeOf(home)[SETTINGS]).toBe('-> ../dotfiles/settings.json')
    for (const client of ['claude-code', 'codex']) expect(await undo(way, client, home)).toMatchObject({ code: 0 })
    expect(treeOf(home)).toEqual(before)
  })

  test('refuses a link that leads nowhere, a folder, and a file that may not be written', async () => {
    const home = newHome({ '.claude/': '', '.gemini/settings.json/': '', '.aider.conf.yml': 'a: 1\n' })
    symlinkSync('nowhere', join(home, SETTINGS))
    chmodSync(join(home, '.aider.conf.yml'), 0o444)
    const before = treeOf(home)
    expect((await setUp(way, 'claude-code', home)).said).toContain('a link to a file that is not there')
    expect((await setUp(way, 'gemini-cli', home)).said).toContain('is not a file')
    expect((await setUp(way, 'aider', home)).said).toContain('is read-only')
    expect(treeOf(home)).toEqual(before)
  })

  test('a file with the key in it is for its owner alone, and gets its permissions back', async () => {
    const home = newHome({ [SETTINGS]: '{}\n', '.codex/config.toml': '' })
    chmodSync(join(home, SETTINGS), 0o664)
    chmodSync(join(home, '.codex/config.toml'), 0o664)
    const modeOf = (name: string): string => (statSync(join(home, name)).mode & 0o777).toString(8)
    await setUp(way, 'claude-code', home)
    await setUp(way, 'codex', home)
    expect([SETTINGS, '.codex/config.toml', '.codex/.env', '.tollgate/setup/codex/manifest'].map(modeOf)).toEqual([
      '600',
      '664',
      '600',
      '600',
    ])
    chmodSync(join(home, SETTINGS), 0o644)
    expect((await way.run({ action: 'doctor', client: 'claude-code', home })).said).toContain('others may read it')
    await undo(way, 'claude-code', home)
    expect(modeOf(SETTINGS)).toBe('664')
  })

  test('places that variables move are found', async () => {
    const home = newHome({ 'c/': '', 'x/opencode/opencode.json': '{}' })
    const env = { CODEX_HOME: join(home, 'c'), XDG_CONFIG_HOME: join(home, 'x') }
    expect(await setUp(way, 'codex', home, { env, switches: [] })).toMatchObject({ code: 0 })
    expect(await setUp(way, 'opencode', home, { env, switches: [] })).toMatchObject({ code: 0 })
    expect(bytesOf(home, 'c/config.toml')).toContain(stage.url)
    expect(bytesOf(home, 'x/opencode/opencode.json')).toContain(stage.url)
    expect(treeOf(home)['.codex']).toBeUndefined()
  })
})

describe('what one way set up', () => {
  const pairs = ALL.flatMap((one) =>
    ALL.filter((other) => other !== one).map((other) => [one.name, other.name, one, other] as const),
  )

  test.each(pairs)('%s, is known to %s, which undoes it byte for byte', async (_, __, one, other) => {
    const home = newHome({ '.codex/config.toml': '# mine\nmodel = "x"', '.config/zed/settings.json': '// z\n{}\n' })
    const before = treeOf(home)
    for (const client of ['codex', 'zed']) {
      expect(await setUp(one, client, home)).toMatchObject({ code: 0 })
      expect(await setUp(other, client, home)).toMatchObject({ said: expect.stringContaining('set up already') })
      expect(await undo(other, client, home)).toMatchObject({ code: 0 })
    }
    expect(treeOf(home)).toEqual(before)
  })

  test('is put back after the set-up was cut off before it wrote anything', async () => {
    const home = newHome({ [SETTINGS]: '{"a": 1}\n' })
    const before = treeOf(home)
    await setUp(command, 'claude-code', home)
    renameSync(join(home, '.tollgate/setup/claude-code/backup-1'), join(home, 'copy'))
    writeFileSync(join(home, '.tollgate/setup/claude-code/backup-1'), readFileSync(join(home, 'copy')))
    writeFileSync(join(home, SETTINGS), readFileSync(join(home, 'copy')))
    rmSync(join(home, 'copy'))
    expect(await undo(command, 'claude-code', home)).toMatchObject({ code: 0 })
    expect(Object.keys(treeOf(home))).toEqual(Object.keys(before))
    expect(bytesOf(home, SETTINGS)).toBe('{"a": 1}\n')
  })
})
