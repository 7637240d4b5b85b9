import { err, ok, type Result } from '../../result.ts'
import type { CliAsk } from './ask.ts'
import type { CliSettings } from './command.ts'
import type { CliFailure } from './failures.ts'
import { type Place, Places } from './places.ts'
import { CliRun, type RunParts, type RunStep } from './run.ts'

/** A run, until it ends in one of its ways. */
export interface Running {
  /** Tells it what is asked, and waits for the first events. */
  first(): Promise<RunStep | CliFailure>
  next(): Promise<RunStep>
  /** Ends it, and gives its place back once it is gone. */
  end(): Promise<void>
}

const createRunning = (run: CliRun, signal: AbortSignal, over: () => Promise<void>): Running => {
  let ended: Promise<void> | undefined
  const end = (): Promise<void> => {
    signal.removeEventListener('abort', onAbort)
    ended ??= run.stop().then(over)
    return ended
  }
  const onAbort = (): void => {
    void end()
  }
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  const next = async (): Promise<RunStep> => {
    const step = await run.next()
    // The client need not wait for the end of a process that has said all.
    if (step.end === 'done') void end()
    else if (step.end !== undefined) await end()
    return step
  }
  return {
    next,
    end,
    first: async () => {
      const failure = await run.tell()
      if (failure) {
        await end()
        return failure
      }
      const step = await next()
      return step.end === undefined || step.end === 'done' ? step : step.end
    },
  }
}

/** Everything that runs of one command, and waits to. */
export class Runs {
  readonly #parts: RunParts
  readonly #settings: () => CliSettings
  readonly #places: Places
  readonly #open = new Set<Running>()

  constructor(parts: RunParts, settings: () => CliSettings) {
    this.#parts = parts
    this.#settings = settings
    this.#places = new Places(settings)
  }

  /** How many run and wait now. */
  get load(): Places['load'] {
    return this.#places.load
  }

  /** Starts a run once there is a place for it. Throws if `signal` is aborted meanwhile. */
  async begin(ask: CliAsk, signal: AbortSignal): Promise<Result<Running, CliFailure>> {
    const place = await this.#places.take(signal)
    if (!place.ok) {
      signal.throwIfAborted()
      return err({ kind: 'busy' })
    }
    try {
      const run = await CliRun.begin(this.#parts, this.#settings(), place.value.number, ask)
      if (run.ok) return ok(this.#opened(run.value, place.value, signal))
      place.value.free()
      return run
    } catch (error) {
      place.value.free()
      throw error
    }
  }

  /** Ends everything that runs. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((running) => running.end()))
    await this.#parts.folders.close()
  }

  #opened(run: CliRun, place: Place, signal: AbortSignal): Running {
    const { folders, note } = this.#parts
    const running = createRunning(run, signal, async () => {
      this.#open.delete(running)
      await folders.clear(place.number).catch(() => note('the folder of a request could not be removed'))
      place.free()
    })
    this.#open.add(running)
    return running
  }
}
