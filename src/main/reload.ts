import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Logger } from 'pino'
import { type Config, type ConfigFault, formatFault } from '../config/load.ts'
import { ok, type Result, type Soon } from '../result.ts'
import { mergeReloaded, type Reloaded } from './reloaded.ts'

export type { Reloaded } from './reloaded.ts'

/** Reads the configuration again and puts it to use, or says what is wrong with it. Rejects where that itself fails. */
export type Reload = () => Promise<Result<Reloaded, readonly ConfigFault[]>>

export interface ReloadParts {
  readonly load: () => Soon<Result<Config, ConfigFault[]>>
  readonly current: () => Config
  /** Puts a configuration to use: all of it, or, where it rejects, nothing. Whether the models are others now. */
  readonly use: (config: Config) => Promise<{ readonly areModelsOther: boolean }>
  /** Waits until nothing else is put to use. */
  readonly inTurn?: Turns
  readonly log: Logger
}

/** Does one thing after the other. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
}

/**
 * One reading at a time. Who asks while one is under way gets the answer of the next, with all others who asked: what was
 * written before is in it.
 */
export const createReload = (parts: ReloadParts): Reload => {
  let running: ReturnType<Reload> | undefined
  let next: ReturnType<Reload> | undefined
  const begin = (): ReturnType<Reload> => {
    next = undefined
    const { inTurn = (work) => work() } = parts
    running = inTurn(() => reloadOnce(parts)).finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (!running) return begin()
    next ??= running.then(begin, begin)
    return next
  }
}

const reloadOnce = async ({ load, current, use, log }: ReloadParts): ReturnType<Reload> => {
  const loading = load()
  const loaded = loading instanceof Promise ? await loading : loading
  if (!loaded.ok) {
    const mistakes = loaded.error.map(formatFault)
    log.error({ mistakes }, 'the configuration was read again and has mistakes: nothing has changed')
    return loaded
  }
  const { config, reloaded } = mergeReloaded(current(), loaded.value)
  const { areModelsOther } = await use(config)
  // The file may be another under the same name.
  const changed = areModelsOther ? [...new Set([...reloaded.changed, 'catalogue'])] : reloaded.changed
  const { needsRestart, warnings } = reloaded
  log.info({ changed, needs_restart: needsRestart }, 'the configuration was read again')
  for (const warning of warnings) log.warn(warning)
  return ok({ ...reloaded, changed })
}

/**
 * On SIGHUP, reads the configuration again. A terminal that is closed sends the same to what was started on it: that is a
 * wish to stop.
 */
export const reloadOnSignal = (reload: Reload, log: Logger): void => {
  const wasOnTerminal = isatty(0)
  process.on('SIGHUP', () => {
    if (wasOnTerminal && !hasTerminal()) process.kill(process.pid, 'SIGTERM')
    else void reloadQuietly(reload, log)
  })
}

/** Whoever has lost their terminal cannot open it any more. */
const hasTerminal = (): boolean => {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/** For those who wait for no answer: what failed is in the log. */
export const reloadQuietly = async (reload: Reload, log: Logger): Promise<void> => {
  try {
    await reload()
  } catch (error) {
    log.error({ err: error }, 'the configuration could not be put to use: nothing has changed')
  }
}
