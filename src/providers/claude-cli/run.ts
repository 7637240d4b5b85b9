import { err, ok, type Result } from '../../result.ts'
import { CliAnswer, type MessagesEvent, type Step } from './answer.ts'
import type { CliAsk } from './ask.ts'
import { argumentsOf, askEnvironment, baseEnvironment, type CliSettings, inputLine, lastTurn } from './command.ts'
import type { CliFailure } from './failures.ts'
import { readLine } from './lines.ts'
import type { Folders, RunningProcess, StartProcess } from './process.ts'

export interface RunParts {
  readonly start: StartProcess
  readonly folders: Folders
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What the log should know of a run that failed. */
  readonly note: (message: string) => void
}

export interface RunStep {
  readonly events: readonly MessagesEvent[]
  readonly end?: 'done' | CliFailure
}

/** One request under way in a process of its own. */
export class CliRun {
  readonly #process: RunningProcess
  readonly #ask: CliAsk
  readonly #answer = new CliAnswer()
  readonly #note: RunParts['note']
  /** It has said all, and has nothing left to do. */
  #isDone = false
  #isStopped = false

  private constructor(process: RunningProcess, ask: CliAsk, note: RunParts['note']) {
    this.#process = process
    this.#ask = ask
    this.#note = note
  }

  /** Starts a process for a request at a place that nobody else runs at. */
  static async begin(
    { start, folders, environment, note }: RunParts,
    settings: CliSettings,
    place: number,
    ask: CliAsk,
  ): Promise<Result<CliRun, CliFailure>> {
    const { folder, file } = await folders.make(place, ask.system)
    const started = await start({
      program: settings.command,
      args: argumentsOf(ask, settings, file),
      environment: { ...baseEnvironment(environment, settings.environment), ...askEnvironment(ask) },
      folder,
      lineBytesMax: settings.lineBytes,
      stopTimeoutMs: settings.stopTimeoutMs,
    })
    return started.ok ? ok(new CliRun(started.value, ask, note)) : err({ kind: 'missing' })
  }

  /** Tells it the conversation. Earlier turns are told one by one, each acknowledged before the next. */
  async tell(): Promise<CliFailure | undefined> {
    for (const turn of this.#ask.history) {
      await this.#process.write(inputLine(turn, false))
      const failure = turn.role === 'user' ? await this.#acknowledged() : undefined
      if (failure) return failure
    }
    await this.#process.write(inputLine(lastTurn(this.#ask.last), true))
    this.#process.endInput()
    return undefined
  }

  /** The next events of the answer, at least one; with `end`, the last. */
  async next(): Promise<RunStep> {
    for (;;) {
      const line = await this.#process.readLine()
      const step: Step = line.ok ? this.#answer.take(line.value) : { events: [], end: UNREADABLE }
      if (typeof step.end === 'object') await this.#explain(step.end)
      this.#isDone = step.end === 'done'
      if (step.end !== undefined) return { ...step, end: typeof step.end === 'object' ? step.end : 'done' }
      if (step.events.length > 0) return { events: step.events }
    }
  }

  /** Ends it, whatever it is doing; one that has said all is let go by itself. Resolves once nothing of it is left. */
  stop(): Promise<void> {
    this.#isStopped = true
    return this.#isDone ? this.#process.finish() : this.#process.stop()
  }

  async #acknowledged(): Promise<CliFailure | undefined> {
    for (;;) {
      const read = await this.#process.readLine()
      if (!read.ok) return UNREADABLE
      if (read.value === undefined) {
        const { end } = this.#answer.take(undefined)
        const failure: CliFailure = typeof end === 'object' ? end : { kind: 'broken' }
        await this.#explain(failure)
        return failure
      }
      const line = readLine(read.value)
      if (!line) return UNREADABLE
      if (line.kind === 'event') return { kind: 'old' }
      if (line.kind !== 'result') {
        this.#answer.take(read.value)
        continue
      }
      if (!line.result.refusal) return undefined
      const { end } = this.#answer.take(read.value)
      return typeof end === 'object' ? end : { kind: 'broken' }
    }
  }

  /** Only the log hears what a process said on standard error. */
  async #explain({ kind }: CliFailure): Promise<void> {
    if (this.#isStopped || (kind !== 'broken' && kind !== 'unreadable')) return
    await this.#process.stop()
    const { code, stderr } = await this.#process.exited
    const how = code === null ? 'was ended by a signal' : `ended with code ${code}`
    this.#note(`the command ${how} (${kind})${stderr === '' ? '' : `: ${stderr}`}`)
  }
}

const UNREADABLE: CliFailure = { kind: 'unreadable' }
