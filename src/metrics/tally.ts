import type { WireFormat } from '../canon/operation.ts'
import { type Attempt, type Receipt, USAGE_IMPLAUSIBLE } from '../canon/receipt.ts'
import type { Bucket, Usage } from '../canon/usage.ts'
import type { ErrorKind } from '../errors.ts'
import { Distribution } from './distribution.ts'
import { HISTOGRAMS } from './families.ts'
import { attemptOutcome, lossCode, OTHER, statusClass } from './labels.ts'

/** The buckets of usage that do not overlap, by the names they have in receipts. */
export const BUCKETS = {
  input: 'input',
  inputAudio: 'input_audio',
  cacheRead: 'cache_read',
  cacheWrite5m: 'cache_write_5m',
  cacheWrite1h: 'cache_write_1h',
  output: 'output',
  outputAudio: 'output_audio',
} as const satisfies Readonly<Record<Exclude<Bucket, 'reasoning'>, string>>

type Counts<Word extends string = string> = Map<Word, number>

/** What a model of a provider was used for. */
export interface Served {
  readonly labels: { readonly provider: string; readonly model: string }
  readonly tokens: Record<Bucket, number>
  /** Whole nano-dollars, so that nothing is lost however many small amounts come together. */
  costNanoUsd: bigint
  uncollectedNanoUsd: bigint
  /** Requests whose usage was not believed. */
  implausible: number
  /** By `stream`. */
  readonly duration: { readonly true: Distribution; readonly false: Distribution }
  readonly firstToken: { readonly true: Distribution; readonly false: Distribution }
}

/** What happened between two formats. */
export interface Between {
  readonly labels: { readonly client_format: string; readonly upstream_format: string }
  readonly overhead: Distribution
  readonly losses: Counts
}

/** Requests that have everything in common that is told of them. */
export interface Alike {
  readonly labels: Readonly<Record<string, string>>
  readonly served: Served
  readonly between: Between
  count: number
}

export interface TallyOptions {
  /** Whether a model is one of the catalogue's. */
  readonly isKnownModel: (id: string) => boolean
  /** The provider of a configured channel. */
  readonly providerOf: (channel: string) => string | undefined
  /** How many different labellings of requests are kept; of what comes after them the model is not told. */
  readonly alikeMax?: number
}

/**
 * Counts what receipts say, in plain fields: one look-up a request, and what is asked for rarely is put together only
 * then. Labels are of sets that do not grow with traffic; no user and no key is among them.
 */
export class Tally {
  readonly alike = new Map<string, Alike>()
  readonly served = new Map<string, Served>()
  readonly between = new Map<string, Between>()
  readonly attempts = new Map<string, Counts>()
  readonly failures = new Map<string, Counts>()
  readonly errors = new Map<WireFormat, Counts<ErrorKind>>()
  defects = 0
  readonly #options: TallyOptions
  readonly #alikeMax: number

  constructor(options: TallyOptions) {
    this.#options = options
    this.#alikeMax = options.alikeMax ?? 5_000
  }

  /** Counts a settled request. */
  record(receipt: Receipt): void {
    const alike = this.#alikeOf(receipt)
    alike.count += 1
    for (const attempt of receipt.attempts) this.#recordAttempt(attempt)
    for (const warning of receipt.warnings) {
      if (warning === USAGE_IMPLAUSIBLE) alike.served.implausible += 1
      else increase(alike.between.losses, lossCode(warning))
    }
    // All that is known of a request that died with its process is that there was one.
    if (receipt.ended === 'abandoned') return
    const { served } = alike
    addUsage(served.tokens, receipt.usage)
    served.costNanoUsd += receipt.cost
    served.uncollectedNanoUsd += receipt.uncollected
    // A batch takes hours, none of which anybody waits for an answer.
    if (receipt.action === 'batch') return
    const stream = receipt.stream ? 'true' : 'false'
    served.duration[stream].add(receipt.latencyMs)
    if (receipt.ttftMs !== null) served.firstToken[stream].add(receipt.ttftMs)
    alike.between.overhead.add(receipt.overheadMs)
  }

  /** Counts an error answered to a client of this format. */
  recordError(format: WireFormat, kind: ErrorKind): void {
    increase(demand(this.errors, format, createCounts<ErrorKind>), kind)
  }

  /** Counts a try that failed. Providers are those of the configuration, failures those of the retry table. */
  recordFailure(provider: string, failure: string): void {
    increase(demand(this.failures, provider, createCounts), failure)
  }

  #recordAttempt({ channel, status, error }: Attempt): void {
    const provider = this.#options.providerOf(channel) ?? OTHER
    increase(demand(this.attempts, provider, createCounts), attemptOutcome(status, error))
  }

  #alikeOf(receipt: Receipt): Alike {
    const model = this.#options.isKnownModel(receipt.modelServed) ? receipt.modelServed : OTHER
    const key = keyOf(receipt, model)
    const known = this.alike.get(key)
    if (known) return known
    if (this.alike.size < this.#alikeMax || model === OTHER) return this.#open(key, receipt, model)
    const rest = keyOf(receipt, OTHER)
    return this.alike.get(rest) ?? this.#open(rest, receipt, OTHER)
  }

  #open(key: string, receipt: Receipt, model: string): Alike {
    const { provider, clientFormat, upstreamFormat } = receipt
    const served = demand(this.served, `${provider}\0${model}`, () => newServed(provider, model))
    const formats = `${clientFormat}\0${upstreamFormat}`
    const between = demand(this.between, formats, () => newBetween(clientFormat, upstreamFormat))
    const { action, ended } = receipt
    const how = { action, stream: String(receipt.stream), status: statusClass(receipt.status), ended }
    const alike = { labels: { ...between.labels, ...served.labels, ...how }, served, between, count: 0 }
    this.alike.set(key, alike)
    return alike
  }
}

/** A separator that stands in no name keeps two labellings apart. */
const keyOf = (receipt: Receipt, model: string): string => {
  const where = `${receipt.clientFormat}\0${receipt.upstreamFormat}\0${receipt.provider}\0${model}`
  return `${where}\0${receipt.action}\0${receipt.stream}\0${statusClass(receipt.status)}\0${receipt.ended}`
}

const createCounts = <Word extends string>(): Counts<Word> => new Map()

const increase = <Word extends string>(counts: Counts<Word>, word: Word): void => {
  counts.set(word, (counts.get(word) ?? 0) + 1)
}

const demand = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  const known = map.get(key)
  if (known !== undefined) return known
  const fresh = make()
  map.set(key, fresh)
  return fresh
}

/** Spelt out: it runs for every request. */
const addUsage = (sum: Served['tokens'], usage: Usage): void => {
  sum.input += usage.input
  sum.inputAudio += usage.inputAudio
  sum.cacheRead += usage.cacheRead
  sum.cacheWrite5m += usage.cacheWrite5m
  sum.cacheWrite1h += usage.cacheWrite1h
  sum.output += usage.output
  sum.outputAudio += usage.outputAudio
  sum.reasoning += usage.reasoning
}

const NO_TOKENS: Served['tokens'] = {
  input: 0,
  inputAudio: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  outputAudio: 0,
  reasoning: 0,
}

const newServed = (provider: string, model: string): Served => {
  const byStream = (bounds: readonly number[]) => ({ true: new Distribution(bounds), false: new Distribution(bounds) })
  return {
    labels: { provider, model },
    tokens: { ...NO_TOKENS },
    costNanoUsd: 0n,
    uncollectedNanoUsd: 0n,
    implausible: 0,
    duration: byStream(HISTOGRAMS.duration.bounds),
    firstToken: byStream(HISTOGRAMS.firstToken.bounds),
  }
}

const newBetween = (client_format: string, upstream_format: string): Between => ({
  labels: { client_format, upstream_format },
  overhead: new Distribution(HISTOGRAMS.overhead.bounds),
  losses: new Map(),
})
