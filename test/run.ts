import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dropOwnSettings } from '../src/runtime/process.ts'
import { installBrowser } from './console/browser.ts'
import { installServers } from './harness/install.ts'
import { countRecordings, recordingsFolder } from './recorded/recordings.ts'
import { meet, type Need } from './runner/needs.ts'
import { openScratch } from './runner/scratch.ts'
import { runStage, type Stage } from './runner/stage.ts'
import { installSdks } from './sdk/install.ts'

/**
 * `npm test`: types, formatting, lint, unit tests, then each folder of end-to-end tests, every one in a process of its
 * own. Names of stages as arguments run only those. Ends with one line, `N passed, N failed`, and a non-zero code if anything failed.
 */

dropOwnSettings(process.env)

const ROOT = join(import.meta.dir, '..')

/** Suites with a command of their own: they need gigabytes of clients. */
const OWN_COMMAND = ['clients']

const CHECKS = join('test', 'checks')

/** Whether the formatter and the linter are installed at the versions asked for. */
const checksAreThere = (): boolean => {
  const { devDependencies } = versionsIn(join(ROOT, CHECKS, 'package.json'))
  return Object.entries(devDependencies ?? {}).every(
    ([name, version]) => versionsIn(join(ROOT, CHECKS, 'node_modules', name, 'package.json')).version === version,
  )
}

const versionsIn = (path: string): { version?: string; devDependencies?: Record<string, string> } =>
  existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}

const NEEDS: readonly Need[] = [
  {
    what: 'the packages of package-lock.json',
    isThere: () =>
      ['typescript', 'bun', 'fast-check', 'yaml'].every((name) => existsSync(join(ROOT, 'node_modules', name))),
    advice: 'npm ci',
  },
  {
    what: 'the formatter and the linter',
    isThere: checksAreThere,
    advice: 'npm install --prefix test/checks',
    install: { command: ['npm', 'install', '--prefix', CHECKS], asRoot: false },
  },
]

/** Installed once, however many stages need them; the tests of `test/sdk` neither compile nor run without. */
let sdks: Promise<void> | undefined
const prepareSdks = (): Promise<void> => {
  sdks ??= installSdks(say)
  return sdks
}

/** Stages that read or run the tests of the official SDKs. */
const WITH_SDKS = ['types', 'lint', 'guide', 'journeys', 'sdk', 'sdk, on PostgreSQL']

/** Stages that drive a browser. */
const WITH_BROWSER = ['console', 'console-security', 'journeys']

/** Stages that start PostgreSQL or Redis. */
const WITH_SERVERS = [
  'src',
  'admin-api',
  'accounts',
  'administered',
  'batches',
  'console-api',
  'console-security',
  'harness',
  'health',
  'journeys',
  'limits',
  'replicas',
  'degraded',
  'workload',
]

/**
 * End-to-end suites that run twice: with a file and memory, and with PostgreSQL and Redis. Of the recorded traffic the
 * second time sees our own fixtures, of which there is every kind. Suites that name both kinds of storage themselves, such
 * as `batches`, are not in it.
 */
const ON_BOTH = ['endings', 'faultpoints', 'faults', 'pass-through', 'recorded', 'sdk', 'vendors']
const ON_POSTGRES = { TOLLGATE_TEST_DATABASE: 'postgres', TOLLGATE_RECORDINGS: '/nonexistent/recordings' }
const onPostgres = (name: string): string => `${name}, on PostgreSQL`

/** What a stage needs beyond the packages, got before it runs. */
const withItsNeeds = (stage: Stage): Stage => {
  const preparations = [
    ...(WITH_SDKS.includes(stage.name) ? [prepareSdks] : []),
    ...(WITH_BROWSER.includes(stage.name) ? [installBrowser] : []),
    ...(WITH_SERVERS.includes(stage.name) || ON_BOTH.map(onPostgres).includes(stage.name) ? [installServers] : []),
  ]
  if (preparations.length === 0) return stage
  const prepare = async (): Promise<void> => {
    for (const get of preparations) await get()
  }
  return { ...stage, prepare }
}

const binary = (name: string, folder = '.'): string => join(ROOT, folder, 'node_modules', '.bin', name)

/** A hang, and nothing else: shared machines have minutes in which everything takes ten times as long. */
const TEST_TIMEOUT_MS = 60_000

const bunTest = (name: string, path: string, env?: Stage['env']): Stage => ({
  name,
  command: [
    ...[process.execPath, '--no-install', '--no-env-file', `--config=${join('bin', 'bunfig.toml')}`],
    ...['test', `--timeout=${TEST_TIMEOUT_MS}`, path],
  ],
  counted: 'bun',
  ...(env === undefined ? {} : { env }),
})

const hasTests = (folder: string): boolean =>
  readdirSync(join(ROOT, folder), { recursive: true }).some((name) => String(name).endsWith('.test.ts'))

const testStages = (): Stage[] => {
  const inside = readdirSync(join(ROOT, 'test'), { withFileTypes: true })
  const files = inside.filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts')).map(({ name }) => name)
  const folders = inside
    .filter((entry) => entry.isDirectory() && !OWN_COMMAND.includes(entry.name))
    .map(({ name }) => name)
  return [
    ...files.sort().map((name) => bunTest(name.replace('.test.ts', ''), `./test/${name}`)),
    ...folders
      .filter((name) => hasTests(join('test', name)))
      .sort()
      .map((name) => bunTest(name, `./test/${name}`)),
  ]
}

/** The recorded suites again without recordings: what a clone that has only our own fixtures runs. */
const aloneStage = (): Stage[] =>
  recordingsFolder() !== undefined && process.env['CI'] === 'true'
    ? [bunTest('recorded, standing alone', './test/recorded', { TOLLGATE_RECORDINGS: '/nonexistent/recordings' })]
    : []

/** Folders of code. */
const CODE = ['src', 'test', 'bench', 'tools', 'bin', 'console']

const stages = (): Stage[] =>
  [
    { name: 'types', command: [binary('tsc'), '--noEmit'], counted: 'exit' } as const,
    { name: 'types of the console', command: [binary('tsc'), '-p', 'console'], counted: 'exit' } as const,
    { name: 'format', command: [binary('biome', CHECKS), 'check', '.'], counted: 'exit' } as const,
    {
      name: 'lint',
      command: [binary('oxlint', CHECKS), '--type-aware', ...CODE],
      counted: 'exit',
      env: { PATH: `${join(ROOT, CHECKS, 'node_modules', '.bin')}:${process.env.PATH}` },
    } as const,
    bunTest('src', './src'),
    bunTest('console sources', './console/src'),
    ...testStages(),
    ...aloneStage(),
    ...ON_BOTH.map((name) => bunTest(onPostgres(name), `./test/${name}`, ON_POSTGRES)),
  ].map(withItsNeeds)

const recordingsLine = (): string => {
  const folder = recordingsFolder()
  if (folder === undefined) return 'recordings: none, own fixtures only'
  return `recordings: ${folder} (${countRecordings(folder).toLocaleString('en')} files)`
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Of one stage, in the summary; the output above has them all. */
const FAILURES_TOLD = 20

const main = async (only: readonly string[]): Promise<void> => {
  process.chdir(ROOT)
  const missing = meet(NEEDS)
  const chosen = missing.length > 0 ? [] : stages().filter(({ name }) => only.length === 0 || only.includes(name))
  for (const line of missing) say(line)
  if (missing.length === 0 && chosen.length === 0)
    say(
      `no stage of that name; there are: ${stages()
        .map(({ name }) => name)
        .join(', ')}`,
    )
  const scratch = openScratch()
  process.env['TMPDIR'] = scratch.folder
  say(`for a while: ${scratch.folder} (${Math.round(scratch.freeBytes / 1e9)} GB free)`)
  let passed = 0
  let failed = chosen.length === 0 ? 1 : 0
  const lines: string[] = []
  for (const stage of chosen) {
    say(`\n== ${stage.name}`)
    const startedMs = performance.now()
    const score = await runStage(stage)
    scratch.clear()
    const seconds = Math.round((performance.now() - startedMs) / 1_000)
    passed += score.passed
    failed += score.failed
    lines.push(
      `${stage.name}: ${score.passed} passed, ${score.failed} failed${score.skipped > 0 ? `, ${score.skipped} skipped` : ''} (${seconds} s)`,
      ...score.failures.slice(0, FAILURES_TOLD).map((title) => `  failed: ${title}`),
    )
  }
  scratch.remove()
  say(['', '== summary', ...lines.map((line) => `  ${line}`), recordingsLine()].join('\n'))
  say(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

await main(process.argv.slice(2))
