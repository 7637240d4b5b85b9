import { isRecord } from './blocks.ts'
import { baseEnvironment, type CliSettings } from './command.ts'
import { adviceOn, type CliFailure } from './failures.ts'
import type { Command, StartProcess } from './process.ts'

export interface AvailabilityParts {
  readonly start: StartProcess
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly settings: () => CliSettings
  readonly nowMs: () => number
  /** Resolves after a while. */
  readonly sleep: (ms: number) => Promise<void>
}

const CHECK_TIMEOUT_MS = 10_000

/**
 * Whether the command can answer: it starts and tells its version, and where a request found it logged out, it says that
 * it is logged in again. Asked by whoever asks for health, and no more often than the settings say.
 */
export class Availability {
  readonly #parts: AvailabilityParts
  #known: { readonly atMs: number; readonly failure: CliFailure | undefined } | undefined
  #running: Promise<CliFailure | undefined> | undefined
  #isLoggedOut = false

  constructor(parts: AvailabilityParts) {
    this.#parts = parts
  }

  /** What the operator is to do; `undefined`: nothing, it can answer. */
  async fault(): Promise<string | undefined> {
    const failure = await this.#checked()
    return failure && adviceOn(failure)
  }

  /** What a request came to: `undefined`, an answer. */
  learn(failure: CliFailure | undefined): void {
    const isOut = failure?.kind === 'login'
    if (isOut || failure?.kind === 'missing' || failure === undefined) this.#keep(failure)
    if (isOut || failure === undefined) this.#isLoggedOut = isOut
  }

  #keep(failure: CliFailure | undefined): void {
    this.#known = { atMs: this.#parts.nowMs(), failure }
  }

  #checked(): Promise<CliFailure | undefined> {
    const ageMs = this.#known ? this.#parts.nowMs() - this.#known.atMs : Number.POSITIVE_INFINITY
    if (this.#known && ageMs >= 0 && ageMs < this.#parts.settings().checkIntervalMs)
      return Promise.resolve(this.#known.failure)
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #check(): Promise<CliFailure | undefined> {
    const failure = (await this.#ask(['--version'])) === undefined ? MISSING : await this.#loginFailure()
    this.#keep(failure)
    return failure
  }

  /** Only a command that was logged out is asked: older ones would take the words for a prompt. */
  async #loginFailure(): Promise<CliFailure | undefined> {
    if (!this.#isLoggedOut) return undefined
    const status = await this.#ask(['auth', 'status'])
    this.#isLoggedOut = status === undefined || !saysLoggedIn(status)
    return this.#isLoggedOut ? { kind: 'login' } : undefined
  }

  /** What it prints; `undefined` where it does not start, fails, or takes too long. */
  async #ask(args: readonly string[]): Promise<string | undefined> {
    const { start, environment, settings, sleep } = this.#parts
    const { command, environment: extra, lineBytes, stopTimeoutMs } = settings()
    const asked: Command = {
      ...{ program: command, args, folder: '/', lineBytesMax: lineBytes, stopTimeoutMs },
      environment: baseEnvironment(environment, extra),
    }
    const started = await start(asked)
    if (!started.ok) return undefined
    const process = started.value
    process.endInput()
    const timeout = sleep(CHECK_TIMEOUT_MS).then(() => process.stop())
    const lines: string[] = []
    for (let line = await process.readLine(); line.ok && line.value !== undefined; line = await process.readLine())
      if (lines.length < LINES_MAX) lines.push(line.value)
    const { code } = await Promise.race([process.exited, timeout.then(() => process.exited)])
    await process.stop()
    return code === 0 ? lines.join('\n') : undefined
  }
}

const LINES_MAX = 100
const MISSING: CliFailure = { kind: 'missing' }

const saysLoggedIn = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) && value.loggedIn === true
  } catch {
    return false
  }
}
