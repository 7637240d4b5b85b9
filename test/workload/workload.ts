import { type Ask, askAgain, drawAsk, make, type Told } from './client.ts'
import { type Clientele, makeClientele } from './customers.ts'
import {
  type Evidence,
  readBalances,
  readDaily,
  readReceipts,
  waitUntilReleased,
  waitUntilWritten,
} from './evidence.ts'
import { breakNow, type Outage } from './faults.ts'
import { startOperator } from './operator.ts'
import { type Random, randomOf } from './random.ts'
import { recompute, type Recomputation } from './recompute.ts'
import type { Stage } from './stage.ts'

export interface WorkloadOptions {
  readonly seed: number
  /** At least so many, tries apart; more only while a fault still lasts. */
  readonly requests: number
  /** Clients at once, each with one request at a time. */
  readonly clients: number
  readonly users: number
  /** Each breaks something and mends it. They come one after the other, spread over the run. */
  readonly faults: readonly {
    readonly name: string
    readonly run: (random: Random, outageMs: number) => Promise<void>
  }[]
  readonly outageMs: number
  readonly onProgress?: (line: string) => void
}

export interface Result extends Recomputation {
  readonly evidence: Evidence
  readonly outages: readonly Outage[]
  readonly tookMs: number
  /** Until nothing was held any more, after the last request. */
  readonly releasedMs: number
}

const TRIES_MAX = 6
const FIRST_PAUSE_MS = 250
const PROGRESS_EVERY_MS = 5_000

/** Makes all requests, breaks what is to be broken, waits until all is over, and works everything out again. */
export const runWorkload = async (stage: Stage, options: WorkloadOptions): Promise<Result> => {
  const random = randomOf(options.seed)
  const [first] = stage.gateways
  if (!first) throw new Error('no gateway')
  const clientele = await makeClientele(first, random, options.users, options.requests)
  const since = new Date(Date.now() - 1_000).toISOString()
  const fromMs = Date.now()
  const load = new Load(stage, clientele, random, options)
  const operator = startOperator(stage, clientele, randomOf(options.seed + 1), () => load.lastWhole)
  const progress = setInterval(() => options.onProgress?.(load.progress(fromMs)), PROGRESS_EVERY_MS)
  const outages = await load.run()
  clearInterval(progress)
  const tookMs = Date.now() - fromMs
  await operator.stop()
  const gateway = stage.gateways[0] ?? first
  const releasedMs = await waitUntilReleased(gateway)
  await waitUntilWritten(stage.gateways)
  options.onProgress?.('reading receipts, balances and counters')
  const receipts = await readReceipts(gateway, clientele, since)
  const evidence: Evidence = {
    ...{ clientele, operator, receipts, told: load.told, serves: servesOf(stage, load.told) },
    killsMs: outages.filter(({ name }) => name === 'kill-replica').map(({ fromMs: from, untilMs }) => [from, untilMs]),
    balances: await readBalances(gateway, clientele),
    daily: await readDaily(gateway, receipts),
    checks: await Promise.all(stage.gateways.map((each) => each.ledgerCheck())),
  }
  return { ...recompute(evidence), evidence, outages, tookMs, releasedMs }
}

/** Those of this run: a stage may have seen others. */
const servesOf = ({ upstream }: Stage, told: readonly Told[]): Evidence['serves'] => {
  const marks = new Set(told.map(({ ask }) => ask.mark))
  return new Map(upstream.serves.filter(({ mark }) => marks.has(mark)).map((serve) => [serve.id, serve]))
}

/** Marks are never used twice, however many runs a stage sees. */
let lastMark = 0

/** The clients of a run. */
class Load {
  readonly told: Told[] = []
  lastWhole: Told | undefined
  readonly #stage: Stage
  readonly #clientele: Clientele
  readonly #random: Random
  readonly #options: WorkloadOptions
  #started = 0
  #isBreaking = true

  constructor(stage: Stage, clientele: Clientele, random: Random, options: WorkloadOptions) {
    this.#stage = stage
    this.#clientele = clientele
    this.#random = random
    this.#options = options
  }

  async run(): Promise<readonly Outage[]> {
    const clients = Array.from({ length: this.#options.clients }, () => this.#client())
    const outages = await this.#breakThings().finally(() => {
      this.#isBreaking = false
    })
    await Promise.all(clients)
    return outages
  }

  progress(fromMs: number): string {
    const seconds = (Date.now() - fromMs) / 1_000
    const whole = this.told.filter(({ outcome }) => outcome === 'whole').length
    return `${seconds.toFixed(0)} s: ${this.#started} requests, ${this.told.length} tries, ${whole} answered whole`
  }

  async #client(): Promise<void> {
    while (this.#started < this.#options.requests || this.#isBreaking) {
      this.#started += 1
      await this.#askUntilAnswered(drawAsk(this.#random, ++lastMark, this.#clientele.customers))
    }
  }

  /** As SDKs do: what failed on the way is tried again, after growing pauses, maybe at another replica. */
  async #askUntilAnswered(first: Ask): Promise<void> {
    let ask = first
    for (let turn = 1; ; turn += 1) {
      const told = await make(ask, this.#random.pick(this.#stage.gateways).url)
      this.told.push(told)
      if (told.outcome === 'whole') this.lastWhole = told
      const isWorthIt = told.outcome === 'unreachable' || (told.outcome === 'refused' && told.status >= 500)
      if (!isWorthIt || turn === TRIES_MAX) return
      await Bun.sleep(FIRST_PAUSE_MS * 2 ** (turn - 1))
      ask = askAgain(ask, ++lastMark)
    }
  }

  /** The first when a tenth of the requests is made, the rest evenly after it. */
  async #breakThings(): Promise<readonly Outage[]> {
    const { faults, requests, outageMs, onProgress } = this.#options
    const outages: Outage[] = []
    for (const [index, { name, run }] of faults.entries()) {
      const due = requests * (0.1 + (0.85 * index) / faults.length)
      while (this.#started < due) await Bun.sleep(20)
      onProgress?.(`fault: ${name}`)
      outages.push(await breakNow(name, run, this.#random, outageMs))
    }
    return outages
  }
}
