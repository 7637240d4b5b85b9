// Starts Bun with a script of this package. Plain Node: it runs before there is anything else, on Node 20 and later.
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const FAILURE = 1
// What stands in for the program until its install script has run is a few hundred bytes.
const PROGRAM_BYTES_MIN = 1_000_000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']
// On a terminal these reach the whole foreground group by themselves; passed on as well, each would arrive twice.
const TERMINAL_SIGNALS = ['SIGINT', 'SIGHUP', 'SIGQUIT']

/**
 * What Bun reads at its start only. Whoever sets one of these otherwise is not overruled.
 * @type {Readonly<Record<string, string>>}
 */
const SETTINGS = {
  // Without it, 256 requests at once are all that fetch makes.
  BUN_CONFIG_MAX_HTTP_REQUESTS: '65336',
  // Ten times a second the allocator looks for what it can return, and the collector returns what it takes back a moment
  // later: 7 % of a request. What nobody uses goes back all the same (docs/decisions/0025-what-comes-together.md).
  MIMALLOC_PURGE_HOLES_MIN_INTERVAL: '3000',
  BUN_JSC_decommitUnusedMarkedBlockPages: '0',
  BUN_JSC_useWarmUpMarkedBlocks: '0',
}

/**
 * Runs a script of this package (its path is relative to the package) with Bun, in the working directory. Ends as it
 * ends: same exit code, or same signal.
 * @param {string} script
 * @param {readonly string[]} args
 */
export const launch = (script, args) => {
  const program = findBun()
  if (program === undefined) {
    process.stderr.write(
      `Bun is not installed for ${process.platform}-${process.arch}. It comes with the packages of Tollgate: run \`npm ci\` in\n` +
        `${packageRoot}\n(without --omit=optional), then try again.\n`,
    )
    process.exitCode = FAILURE
    return
  }
  const environment = { ...process.env }
  // A variable without a value, as compose files make them, is as good as none, and Bun would end over it.
  for (const name in SETTINGS) environment[name] ||= SETTINGS[name]
  const bunArgs = [
    '--no-install',
    // The directory it is started from may be anybody's project, whose settings for Bun are not meant for Tollgate.
    '--no-env-file',
    `--config=${join(packageRoot, 'bin', 'bunfig.toml')}`,
    `--tsconfig-override=${join(packageRoot, 'tsconfig.json')}`,
  ]
  const command = [resolve(packageRoot, script), ...args]
  if (!become(program, [...bunArgs, ...command], environment))
    watch(program, [...bunArgs, ...orphanArgs(), ...command], environment)
}

/** The Bun that npm installed: where its install script puts it, else in the package of this platform. */
const findBun = () => {
  const windows = process.platform === 'win32'
  const cpu = process.arch === 'arm64' ? 'aarch64' : process.arch
  const platform = `@oven/bun-${windows ? 'windows' : process.platform}-${cpu}`
  return installed('bun', 'bun.exe') ?? installed(isMusl() ? `${platform}-musl` : platform, windows ? 'bun.exe' : 'bun')
}

const installed = (name, file) => {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', file)
    return statSync(path).size > PROGRAM_BYTES_MIN ? path : undefined
  } catch (error) {
    // The package or its program is not there; anything else is worth seeing.
    if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ENOENT') return undefined
    throw error
  }
}

const isMusl = () => process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime

/**
 * Replaces this process by Bun, so that there is one process with one id. False where Node cannot do that.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} environment
 */
const become = (program, args, environment) => {
  if (typeof process.execve !== 'function' || process.platform === 'win32') return false
  process.execve(program, [program, ...args], environment)
  return true
}

// Killed without a chance to pass it on, this process must not leave Bun behind. After `become` there is nobody to leave.
const orphanArgs = () => (process.platform === 'linux' || process.platform === 'darwin' ? ['--no-orphans'] : [])

/**
 * Runs Bun beside this process: passes signals on, and ends as it ends.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} environment
 */
const watch = (program, args, environment) => {
  const child = spawn(program, args, { stdio: 'inherit', env: environment })
  const onTerminal = process.stdin.isTTY === true
  for (const signal of SIGNALS) {
    if (!(signal in constants.signals)) continue
    process.on(signal, () => {
      if (!onTerminal || !TERMINAL_SIGNALS.includes(signal)) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`Bun could not be started: ${error.message}\n`)
    process.exit(FAILURE)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? FAILURE)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
