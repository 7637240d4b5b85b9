import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CATALOGUE, configFor, type Scripted, startScripted } from '../faults/scripted.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { STORAGE } from '../harness/storage.ts'
import { STOPPED, type PointName, TRACE_VARIABLE } from './points.ts'

/** One storage, a provider, and a gateway that is killed and started again, with another beside it where that may be. */
export interface World {
  readonly upstream: Scripted
  /** The gateway under test, as it runs now. */
  readonly tested: () => Gateway
  /** Who can be asked about the books: with PostgreSQL a replica that nothing happens to, and that nothing is added to. */
  readonly witness: () => Gateway
  /** The points that the gateway under test has told since it was started, in order. */
  readonly trace: () => readonly PointName[]
  /** Whether the followed request has come to the point where it stops. */
  readonly isStopped: () => boolean
  /** Ends what is left of the gateway under test and starts it again on the same storage. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

const PRELOAD = join(import.meta.dir, 'preload.ts')
/** Shorter than a sweep's turn, so that the first one gives back all there is. */
const CONFIG = { billing: { hold_timeout: '1s' } }

export const openWorld = async (): Promise<World> => {
  const upstream = await startScripted()
  const dataFolder = mkdtempSync(join(tmpdir(), 'tollgate-faultpoints-'))
  const options = { dataFolder, catalogue: CATALOGUE, config: { ...configFor(upstream), ...CONFIG } }
  const replica = STORAGE === 'postgres' ? await startGateway(options) : undefined
  let starts = 0
  const tracePath = (): string => join(dataFolder, `trace-${starts}`)
  const start = (): Promise<Gateway> => {
    starts += 1
    return startGateway({ ...options, env: { BUN_OPTIONS: `--preload=${PRELOAD}`, [TRACE_VARIABLE]: tracePath() } })
  }
  let tested = await start()
  return {
    upstream,
    tested: () => tested,
    witness: () => replica ?? tested,
    trace: () => linesOf(tracePath()).filter((line) => !line.startsWith(STOPPED)) as PointName[],
    isStopped: () => linesOf(tracePath()).some((line) => line.startsWith(STOPPED)),
    restart: async () => {
      await tested.kill9()
      tested = await start()
    },
    stop: async () => {
      await tested.stop()
      await replica?.stop()
      await upstream.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** The whole lines of a file that may not be there yet. */
const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
