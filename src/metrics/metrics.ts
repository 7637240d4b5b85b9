import Registry from 'prom-client/lib/registry.js'
import type { WireFormat } from '../canon/operation.ts'
import type { Receipt } from '../canon/receipt.ts'
import { ERRORS, type ErrorKind } from '../errors.ts'
import type { Distribution } from './distribution.ts'
import { COUNTERS, GAUGES, HISTOGRAMS } from './families.ts'
import { registerProcess } from './process.ts'
import { type Reconciled, registerReconciliations } from './reconciliations.ts'
import { type Point, registerCounter, registerGauge, registerGauges, registerHistogram } from './reading.ts'
import { BUCKETS, type Served, Tally, type TallyOptions } from './tally.ts'

export interface MetricsOptions extends TallyOptions {
  readonly version: string
}

/** What is read at the moment somebody asks. */
export interface Gauges {
  readonly requestsOpen: () => number
  readonly databaseQueued: () => number
  readonly isDatabaseSaturated: () => boolean
  readonly limiter: () => LimiterReading
  /** `undefined`: nothing is captured. */
  readonly payloadsDropped?: () => number | undefined
  readonly payloadsEvicted?: () => number | undefined
  /** Everything that is known of the health of providers. */
  readonly health: () => readonly HealthReading[]
}

/** What `Health` lists, as far as it is counted. */
export interface HealthReading {
  readonly subject: string
  readonly standing: string
  readonly block: { readonly kind: string } | undefined
}

/** How the limiter does; `shared` where there is one for all replicas. */
export interface LimiterReading {
  readonly subjects: number
  readonly evictedEarly: number
  readonly leases: number
  readonly shared?: { readonly down: boolean; readonly replicas: number; readonly decidedAlone: number }
}

export interface Metrics {
  /** Counts a settled request: costs about a microsecond, and never fails. */
  readonly record: (receipt: Receipt) => void
  /** Counts an error answered to a client of this format. */
  readonly recordError: (format: WireFormat, kind: ErrorKind) => void
  readonly recordDefect: () => void
  /** Counts a try that failed, by the provider and the word of the retry table. */
  readonly recordFailure: (provider: string, failure: string) => void
  /** Says where to look for what is not counted. To be called once. */
  readonly watch: (gauges: Gauges) => void
  /** Says where to look for the newest comparison with each provider's bill. To be called once. */
  readonly watchReconciliations: (read: () => Iterable<Reconciled>) => void
  /** Everything, in Prometheus' text format. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** What this process has done since it started, for Prometheus. */
export const createMetrics = ({ version, ...options }: MetricsOptions): Metrics => {
  const tally = new Tally(options)
  const register: Registry = new Registry()
  registerCounters(register, tally)
  registerHistograms(register, tally)
  registerGauge(register, GAUGES.buildInfo, () => 1, { version })
  registerProcess(register)
  return {
    record: (receipt) => tally.record(receipt),
    recordError: (format, kind) => tally.recordError(format, kind),
    recordDefect: () => {
      tally.defects += 1
    },
    recordFailure: (provider, failure) => tally.recordFailure(provider, failure),
    watch: (gauges) => {
      registerGauge(register, GAUGES.requestsOpen, gauges.requestsOpen)
      registerGauge(register, GAUGES.databaseQueued, gauges.databaseQueued)
      registerGauge(register, GAUGES.databaseSaturated, () => (gauges.isDatabaseSaturated() ? 1 : 0))
      registerLimiter(register, gauges.limiter)
      registerCounter(register, COUNTERS.payloadsDropped, () => one(gauges.payloadsDropped?.()))
      registerCounter(register, COUNTERS.payloadsEvicted, () => one(gauges.payloadsEvicted?.()))
      registerGauges(register, GAUGES.healthBlocks, () => blockPoints(gauges.health()))
    },
    watchReconciliations: (read) => registerReconciliations(register, read),
    text: () => register.metrics(),
    contentType: register.contentType,
  }
}

const registerCounters = (register: Registry, tally: Tally): void => {
  const perServed = (value: (served: Served) => number) => (): readonly Point[] =>
    [...tally.served.values()].map((served) => ({ labels: served.labels, value: value(served) }))
  registerCounter(register, COUNTERS.requests, () =>
    [...tally.alike.values()].map(({ labels, count }) => ({ labels, value: count })),
  )
  registerCounter(register, COUNTERS.errors, () => errorPoints(tally))
  registerCounter(register, COUNTERS.tokens, () => [...tally.served.values()].flatMap(tokenPoints))
  registerCounter(
    register,
    COUNTERS.reasoningTokens,
    perServed(({ tokens }) => tokens.reasoning),
  )
  registerCounter(
    register,
    COUNTERS.cost,
    perServed(({ costNanoUsd }) => shown(costNanoUsd)),
  )
  registerCounter(
    register,
    COUNTERS.uncollected,
    perServed(({ uncollectedNanoUsd }) => shown(uncollectedNanoUsd)),
  )
  registerCounter(
    register,
    COUNTERS.implausible,
    perServed(({ implausible }) => implausible),
  )
  registerCounter(register, COUNTERS.losses, () => lossPoints(tally))
  registerCounter(register, COUNTERS.attempts, () => attemptPoints(tally))
  registerCounter(register, COUNTERS.failures, () => failurePoints(tally))
  registerCounter(register, COUNTERS.defects, () => [{ labels: {}, value: tally.defects }])
}

const one = (value: number | undefined): readonly Point[] => (value === undefined ? [] : [{ labels: {}, value }])

const registerLimiter = (register: Registry, read: Gauges['limiter']): void => {
  registerGauge(register, GAUGES.limiterSubjects, () => read().subjects)
  registerGauge(register, GAUGES.limiterPlaces, () => read().leases)
  registerGauge(register, GAUGES.limiterReplicas, () => read().shared?.replicas)
  registerGauge(register, GAUGES.limiterDown, () => {
    const { shared } = read()
    return shared && (shared.down ? 1 : 0)
  })
  registerCounter(register, COUNTERS.limiterEvicted, () => one(read().evictedEarly))
  registerCounter(register, COUNTERS.limiterAlone, () => one(read().shared?.decidedAlone))
}

const registerHistograms = (register: Registry, tally: Tally): void => {
  const perServed = (of: 'duration' | 'firstToken') => (): readonly Point<Distribution>[] =>
    [...tally.served.values()].flatMap(({ labels, [of]: { true: streamed, false: whole } }) => [
      { labels: { ...labels, stream: 'true' }, value: streamed },
      { labels: { ...labels, stream: 'false' }, value: whole },
    ])
  registerHistogram(register, HISTOGRAMS.duration, perServed('duration'))
  registerHistogram(register, HISTOGRAMS.firstToken, perServed('firstToken'))
  registerHistogram(register, HISTOGRAMS.overhead, () =>
    [...tally.between.values()].map(({ labels, overhead }) => ({ labels, value: overhead })),
  )
}

/** The exact sum is rounded here, once, to be looked at; nothing is ever paid by it. */
const shown = (amount: bigint): number => Number(amount) / 1_000_000_000

const tokenPoints = ({ labels, tokens }: Served): readonly Point[] =>
  BUCKET_NAMES.map(([key, bucket]) => ({ labels: { ...labels, bucket }, value: tokens[key] }))

const BUCKET_NAMES = Object.entries(BUCKETS) as readonly [keyof typeof BUCKETS, string][]

const lossPoints = (tally: Tally): readonly Point[] =>
  [...tally.between.values()].flatMap(({ labels, losses }) =>
    [...losses].map(([code, value]) => ({ labels: { ...labels, code }, value })),
  )

const attemptPoints = (tally: Tally): readonly Point[] =>
  [...tally.attempts].flatMap(([provider, outcomes]) =>
    [...outcomes].map(([outcome, value]) => ({ labels: { provider, outcome }, value })),
  )

const failurePoints = (tally: Tally): readonly Point[] =>
  [...tally.failures].flatMap(([provider, failures]) =>
    [...failures].map(([failure, value]) => ({ labels: { provider, failure }, value })),
  )

const SUBJECTS = ['key', 'channel', 'model', 'key-model'] as const
const KINDS = ['failing', 'told-to-wait', 'refused', 'spent'] as const

/** Zeros too, so that an alert sees them go up and come down. */
const blockPoints = (known: readonly HealthReading[]): readonly Point[] => {
  const counts = new Map<string, number>()
  for (const { subject, standing, block } of known) {
    if (!block || standing !== 'blocked') continue
    const name = `${subject.slice(0, subject.indexOf(':'))} ${block.kind}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return SUBJECTS.flatMap((subject) =>
    KINDS.map((kind) => ({ labels: { subject, kind }, value: counts.get(`${subject} ${kind}`) ?? 0 })),
  )
}

const errorPoints = (tally: Tally): readonly Point[] =>
  [...tally.errors].flatMap(([client_format, kinds]) =>
    [...kinds].map(([kind, value]) => {
      const { status, code } = ERRORS[kind]
      return { labels: { client_format, status: String(status), code }, value }
    }),
  )
