import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs a server below a shell that ends it, and removes its folder, when the test process is gone, however it went: a
 * closed pipe is what every death has in common. The word `keep` means that the server has been ended already.
 */
const KEEPER = `folder=$1; shift
"$@" & server=$!
read -r word
[ "$word" = keep ] && exit 0
kill -CONT $server 2>/dev/null; kill -QUIT $server 2>/dev/null
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 $server 2>/dev/null || break; sleep 0.1; done
kill -KILL $server 2>/dev/null
rm -rf "$folder"`

const DEADLINE_MS = 30_000

/** A new folder, and the prefix of commands that run as whoever owns it: PostgreSQL refuses to be root. */
export interface ServerHome {
  readonly folder: string
  readonly as: readonly string[]
}

export const makeHome = (name: string): ServerHome => {
  const folder = mkdtempSync(join(tmpdir(), `tollgate-${name}-`))
  if (process.getuid?.() !== 0) return { folder, as: [] }
  const user = ['postgres', 'nobody'].find((candidate) => spawnSync('id', ['-u', candidate]).status === 0)
  if (user === undefined) throw new Error('missing: a user other than root to run servers as, such as `nobody`')
  runOnce(['chown', user, folder])
  const group = spawnSync('id', ['-gn', user], { encoding: 'utf8' }).stdout.trim()
  return { folder, as: ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups'] }
}

/** Runs a command to its end. Throws what it said when it failed. */
export const runOnce = ([program = '', ...args]: readonly string[], cwd?: string): void => {
  const done = spawnSync(program, args, { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) })
  if (done.status !== 0) throw new Error(`${program} failed: ${done.error?.message ?? done.stderr ?? ''}`)
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** Waits until something is so. Throws, with `what`, when it is not within half a minute. */
export const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const deadlineMs = Date.now() + DEADLINE_MS
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`${what}: not within ${DEADLINE_MS / 1_000} s`)
    await Bun.sleep(20)
  }
}

/** Says a signal to a process; whether there was one. */
export const signal = (pid: number, name: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(pid, name)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** A process that has ended may wait for its parent to ask how. */
export const isRunning = (pid: number): boolean => {
  if (!signal(pid, 0)) return false
  const path = `/proc/${pid}/stat`
  return !existsSync('/proc/self') || (existsSync(path) && !/^\d+ \(.*\) Z/.test(readFileSync(path, 'utf8')))
}

/** The process itself, then its children. */
export const familyOf = (pid: number): readonly number[] => {
  const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  const children = (listed.stdout ?? '').trim().split(/\s+/).filter(Boolean).map(Number)
  return [pid, ...children]
}

export interface Keeper {
  /** Lets go of a server that has ended, and keeps its folder. */
  letGo(): void
  /** Ends the server, if it still runs, and removes its folder. */
  end(): Promise<void>
}

/** Starts a server in its home. What it says goes to its own log. */
export const keep = ({ folder, as }: ServerHome, command: readonly string[]): Keeper => {
  const [program = '', ...args] = [...as, 'sh', '-c', KEEPER, 'keeper', folder, ...command]
  const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  unref(child)
  return {
    letGo: () => {
      child.stdin?.end('keep\n')
    },
    end: () => {
      child.stdin?.end()
      return gone
    },
  }
}

/** A test process that has nothing else to do may end. */
const unref = (child: ChildProcess): void => {
  child.unref()
  child.on('error', (error) => {
    throw error
  })
}
