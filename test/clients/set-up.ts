import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { clientOf } from '../../src/setup/clients.ts'
import { newHome, type Tree, treeOf } from '../setup/homes.ts'
import { openStage, type Stage } from '../setup/stage.ts'
import { command, shell, type Way } from '../setup/ways.ts'
import { installedFolder } from './folders.ts'

/**
 * Real clients, set up by the command and by the script for shells: the client asks, the gateway sees its request under
 * the key that was set up, the doctor finds nothing wrong, and undoing leaves every file as it was.
 */

export const NAME = 'set-up'

interface Row {
  /** As in the table of clients. */
  readonly id: string
  /** Below the folder of installed clients. */
  readonly program: string
  readonly args: readonly string[]
  /** What keeps it from asking anybody else. */
  readonly env?: Readonly<Record<string, string>>
  /** Files of its own that were there before, by their names in the home folder. */
  readonly files: Readonly<Record<string, string>>
}

const bin = (folder: string, name: string): string => `cli/${folder}/node_modules/.bin/${name}`
const PROMPT = 'Say hello, and nothing else.'
const QUIET = { DO_NOT_TRACK: '1', DISABLE_TELEMETRY: '1', CI: '1', NO_COLOR: '1', TERM: 'dumb' }
const openCode = (prefix: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['AUTOUPDATE', 'MODELS_FETCH', 'LSP_DOWNLOAD', 'DEFAULT_PLUGINS', 'SHARE'].map((name) => [
      `${prefix}_DISABLE_${name}`,
      '1',
    ]),
  )

const ROWS: readonly Row[] = [
  {
    id: 'claude-code',
    program: bin('claude-code', 'claude'),
    args: ['-p', PROMPT],
    env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
    files: { '.claude/settings.json': '{\n  "permissions": { "allow": ["Bash(ls:*)"] }\n}' },
  },
  {
    id: 'codex',
    program: bin('codex', 'codex'),
    args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', PROMPT],
    files: {
      '.codex/config.toml':
        '# Mine.\ncheck_for_update_on_startup = false\n\n[features]\nplugins = false\napps = false\nremote_plugin = false\n\n[analytics]\nenabled = false # no\n',
    },
  },
  {
    id: 'gemini-cli',
    program: bin('gemini-cli', 'gemini'),
    args: ['--approval-mode', 'yolo', '--skip-trust', '-p', PROMPT],
    env: { GEMINI_TELEMETRY_ENABLED: 'false' },
    files: {
      '.gemini/settings.json':
        '{\n  // Mine.\n  "telemetry": { "enabled": false },\n  "privacy": { "usageStatisticsEnabled": false },\n  "general": { "enableAutoUpdate": false }\n}\n',
    },
  },
  {
    id: 'qwen-code',
    program: bin('qwen-code', 'qwen'),
    args: ['--approval-mode', 'yolo', PROMPT],
    files: {
      '.qwen/settings.json':
        '{"telemetry":{"enabled":false},"privacy":{"usageStatisticsEnabled":false},"general":{"enableAutoUpdate":false},"$version":3}',
    },
  },
  {
    id: 'opencode',
    program: bin('opencode', 'opencode'),
    args: ['run', PROMPT],
    env: openCode('OPENCODE'),
    files: { '.config/opencode/opencode.json': '{\n\t"autoupdate": false,\n\t"share": "disabled", // never\n}\n' },
  },
  {
    id: 'kilo-code',
    program: bin('kilocode', 'kilo'),
    args: ['run', '--auto', PROMPT],
    env: { ...openCode('KILO'), ...openCode('OPENCODE'), KILO_TELEMETRY_LEVEL: 'off', KILO_DISABLE_TELEMETRY: '1' },
    files: { '.config/kilo/kilo.json': '{\n  "autoupdate": false,\n  "share": "disabled"\n}\n' },
  },
  {
    id: 'cline',
    program: bin('cline', 'cline'),
    args: ['--auto-approve', 'true', PROMPT],
    env: { CLINE_NO_AUTO_UPDATE: '1' },
    files: { '.cline/data/settings/global-settings.json': '{"telemetryOptOut":true,"autoUpdateEnabled":false}' },
  },
  {
    id: 'continue',
    program: bin('continue', 'cn'),
    args: ['--auto', '-p', PROMPT],
    env: { CONTINUE_TELEMETRY_ENABLED: '0', CONTINUE_ALLOW_ANONYMOUS_TELEMETRY: '0', CONTINUE_CLI_AUTO_UPDATED: '1' },
    files: {
      '.continue/config.yaml':
        'name: Mine\nversion: 0.0.1\nschema: v1\n# My models.\nmodels:\n  - name: other\n    provider: openai\n    model: other\n    apiBase: http://127.0.0.1:1/\n',
    },
  },
]

const CLIENT_TIMEOUT_MS = 150_000
const OUTPUT_CHARACTERS_MAX = 20_000

interface Ran {
  readonly code: number | null
  readonly output: string
}

const runClient = (row: Row, home: string, env: Readonly<Record<string, string>>): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-work-'))
    const child = spawn(join(installedFolder(), row.program), row.args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: CLIENT_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString()
      })
    child.once('error', reject)
    child.once('exit', (code) => {
      stopLeftovers(home)
      rmSync(folder, { recursive: true, force: true })
      resolve({ code, output })
    })
  })

/** Ends what a client left running in the background: processes of its name that were given this home. */
const stopLeftovers = (home: string): void => {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`)
      if (isOurs && /daemon|serve/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) process.kill(Number(pid))
    } catch {
      // It ended meanwhile, or is somebody else's.
    }
  }
}

const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what)
}

/** Only of files that a set-up may touch: what clients write beside them is theirs. */
const only = (tree: Tree, names: readonly string[]): Tree =>
  Object.fromEntries(names.map((name) => [name, tree[name] ?? 'absent']))

const playRow = async (row: Row, way: Way, { gateway, key, keyId, url }: Stage): Promise<string> => {
  const home = newHome(row.files)
  const programs = [
    dirname(join(installedFolder(), row.program)),
    join(installedFolder(), 'node24/node_modules/node/bin'),
  ]
  const env = {
    ...{ HOME: home, LANG: 'C.UTF-8', TMPDIR: join(home, 'tmp'), NO_PROXY: '*', SHELL: '/bin/bash' },
    ...{ PATH: [...programs, process.env.PATH ?? ''].join(delimiter), ...QUIET, ...row.env },
  }
  mkdirSync(env.TMPDIR)
  const before = treeOf(home)
  const errand = { client: row.id, home, env }
  const setUp = await way.run({ ...errand, base: url, key })
  must(setUp.code === 0, `setting up: ${setUp.said}`)
  const written = treeOf(home)
  const touched = Object.keys(written).filter(
    (name) => written[name] !== 'folder' && written[name] !== before[name] && !name.startsWith('.tollgate/setup'),
  )
  const known = new Set((await gateway.requests({ key_id: keyId })).map((receipt) => receipt.request_id))
  const ran = await runClient(row, home, env)
  const seen = (await gateway.requests({ key_id: keyId })).filter((receipt) => !known.has(receipt.request_id))
  must(ran.code === 0, `it ended with ${ran.code}: ${ran.output}`)
  const asked = seen.filter((receipt) => receipt.client_format === clientOf(row.id)?.format && receipt.status === 200)
  must(asked.length > 0, `the gateway saw nothing: ${ran.output}`)
  const doctor = await way.run({ ...errand, action: 'doctor' })
  must(doctor.code === 0, `the doctor: ${doctor.said}`)
  const left = treeOf(home)
  const isOwn = touched.every((name) => left[name] === written[name])
  if (!isOwn) {
    const refused = await way.run({ ...errand, action: 'undo' })
    must(refused.code === 1 && JSON.stringify(treeOf(home)) === JSON.stringify(left), `undoing: ${refused.said}`)
  }
  const undo = await way.run({ ...errand, action: 'undo', ...(isOwn ? {} : { switches: ['force'] }) })
  must(undo.code === 0, `undoing: ${undo.said}`)
  const after = treeOf(home)
  const same = JSON.stringify(only(after, touched)) === JSON.stringify(only(before, touched))
  must(same || !isOwn, `not as before: ${JSON.stringify(only(after, touched))}`)
  must(!JSON.stringify(only(after, touched)).includes(key), 'the key is still there')
  rmSync(home, { recursive: true, force: true })
  const how = isOwn ? 'byte for byte' : same ? 'byte for byte, though it had changed them' : 'its own changes kept'
  return `${asked.length} request${asked.length > 1 ? 's' : ''} seen, undone ${how}`
}

/** Whether these words choose it: none do, or its name does. */
export const choosesSetUp = (words: readonly string[]): boolean =>
  words.length === 0 || words.some((word) => word.split(',').includes(NAME))

/** Runs every client both ways, or those that the words beside its name choose, and says what became of each. */
export const runSetUps = async (
  words: readonly string[],
  say: (line: string) => void,
): Promise<{ passed: number; failed: number }> => {
  const named = words.flatMap((word) => word.split(',')).filter((word) => word !== NAME)
  const rows = ROWS.filter(({ id }) => named.length === 0 || named.some((word) => id.includes(word)))
  const stage = await openStage()
  const ways: readonly Way[] = [command, shell(() => stage.url, 'sh')]
  let failed = 0
  try {
    for (const row of rows) {
      for (const way of ways) {
        const isThere = existsSync(join(installedFolder(), row.program))
        const outcome = await (isThere
          ? playRow(row, way, stage)
          : Promise.reject(new Error('it is not installed'))
        ).then(
          (text) => ({ text, isGood: true }),
          (error: unknown) => ({ text: error instanceof Error ? error.message : String(error), isGood: false }),
        )
        failed += outcome.isGood ? 0 : 1
        const what = `${row.id.padEnd(14)}${way.name.padEnd(22)}${outcome.isGood ? 'ok' : 'FAILED'}`
        say(`${what.padEnd(46)}${outcome.text.slice(0, 2_000)}`)
      }
    }
  } finally {
    await stage.gateway.stop()
  }
  return { passed: rows.length * ways.length - failed, failed }
}
