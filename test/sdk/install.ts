import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const HERE = import.meta.dir
const CACHE = join(HERE, '.cache')
const VENV = join(CACHE, 'python')

/** The Python that has the official Python SDKs. There once `installSdks` has resolved. */
export const PYTHON = join(VENV, 'bin', 'python')

const OUTPUT_BYTES_MAX = 10_000_000
const PYTHON_PACKAGES = ['python3', 'python3-venv']

/** A set of packages of one language: what it is made from, and how to get it. */
interface Kit {
  readonly name: string
  /** Files that say what is wanted; when they change, it is installed again. */
  readonly from: readonly string[]
  /** Something that is there once it is installed. */
  readonly proof: string
  readonly install: () => void
}

const hashOf = (files: readonly string[]): string => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(HERE, file)))
  return hash.digest('hex')
}

const run = (program: string, args: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(program, args, { cwd: HERE, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX })

/** Runs a command that has to succeed; throws with its last words and what a person could do. */
const must = (program: string, args: readonly string[], advice: string): void => {
  const { status, stdout, stderr, error } = run(program, args)
  if (status === 0) return
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim().slice(-2_000)
  throw new Error(
    `"${program} ${args.join(' ')}" failed: ${error?.message ?? `exit code ${status}`}\n${said}\n${advice}`,
  )
}

const installNode = (): void => {
  const advice = 'The SDK tests need the npm registry. Check the connection, then run `npm ci` in test/sdk.'
  must('npm', ['ci', '--ignore-scripts'], advice)
}

/** Gets Debian packages unless what they bring is there, where that is permitted; throws with what to type otherwise. */
const ensureDebian = (packages: readonly string[], proof: readonly [program: string, ...args: string[]]): void => {
  const [program, ...args] = proof
  const isThere = (): boolean => run(program, args).status === 0
  if (isThere()) return
  const advice = `The SDK tests need more of this machine. Install it with: apt-get install ${packages.join(' ')}`
  if (process.getuid?.() !== 0) throw new Error(advice)
  const install = ['install', '--yes', '--no-install-recommends', ...packages]
  // The lists of packages of a fresh machine are often empty.
  if (run('apt-get', install).status !== 0) {
    must('apt-get', ['update'], advice)
    must('apt-get', install, advice)
  }
  if (!isThere()) throw new Error(`"${proof.join(' ')}" still does not work. ${advice}`)
}

const installPython = (): void => {
  ensureDebian(PYTHON_PACKAGES, ['python3', '-c', 'import venv, ensurepip'])
  rmSync(VENV, { recursive: true, force: true })
  must('python3', ['-m', 'venv', VENV], `Install it with: apt-get install ${PYTHON_PACKAGES.join(' ')}`)
  const advice = 'The Python SDK tests need PyPI and Python 3.11 or later. Check both, then run the tests again.'
  must(
    PYTHON,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', join('python', 'requirements.txt')],
    advice,
  )
}

const KITS: readonly Kit[] = [
  {
    name: 'JavaScript SDKs',
    from: ['package.json', 'package-lock.json'],
    proof: join(HERE, 'node_modules', 'openai', 'package.json'),
    install: installNode,
  },
  { name: 'Python SDKs', from: [join('python', 'requirements.txt')], proof: PYTHON, install: installPython },
]

/**
 * Installs the official SDKs that the tests in this folder drive, unless what is there was made from the same lists.
 * Throws, saying what to do, when they cannot be had: the tests are never skipped for want of them.
 */
export const installSdks = async (say: (line: string) => void = () => undefined): Promise<void> => {
  mkdirSync(CACHE, { recursive: true })
  ensureDebian(['curl'], ['curl', '--version'])
  for (const { name, from, proof, install } of KITS) {
    const stamp = join(CACHE, `${name.toLowerCase().replaceAll(' ', '-')}.sha256`)
    const wanted = hashOf(from)
    if (existsSync(proof) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue
    say(`installing the ${name} …`)
    install()
    writeFileSync(stamp, wanted)
  }
}
