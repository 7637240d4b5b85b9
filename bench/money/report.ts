import type { Times } from './ledger.ts'

/** One row of the tables: where requests went, and what each slice of them gave. */
export interface Cell {
  readonly storage: string
  readonly replicas: number
  readonly isHot: boolean
  readonly accounts: number
  readonly floods: { readonly charged: FloodSlice[]; readonly free: FloodSlice[] }
  readonly paces: PaceSlice[]
}

export interface FloodSlice {
  readonly perSecond: number
  /** A request. */
  readonly cpuMicros: { readonly gateways: number; readonly database: number; readonly redis: number }
}

/** Latencies in milliseconds, asked in turns. */
export interface PaceSlice {
  readonly direct: readonly number[]
  readonly free: readonly number[]
  readonly charged: readonly number[]
  readonly inside: Times
}

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? Number.NaN

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

const spread = (values: readonly number[], places: number): string =>
  `${median(values).toFixed(places)} (${Math.min(...values).toFixed(places)}–${Math.max(...values).toFixed(places)})`

const whereOf = ({ storage, replicas, isHot, accounts }: Cell): string =>
  `${storage} | ${replicas} | ${isHot ? 'one' : accounts.toLocaleString('en')}`

const ratesOf = (slices: readonly FloodSlice[]): readonly number[] => slices.map(({ perSecond }) => perSecond)

/** How much of the others' throughput, slice by slice. */
const shareOf = (slices: readonly FloodSlice[], others: readonly FloodSlice[]): number =>
  median(slices.map(({ perSecond }, index) => perSecond / (others[index]?.perSecond ?? Number.NaN)))

/** Throughput, with money and without. */
export const throughputTable = (cells: readonly Cell[]): readonly string[] => [
  '| storage | replicas | accounts | requests/s | without money | with / without | CPU µs a request: gateway, database, Redis |',
  '|---|---|---|---|---|---|---|',
  ...cells.map((cell) => {
    const { charged, free } = cell.floods
    const cpu = (['gateways', 'database', 'redis'] as const).map((part) =>
      median(charged.map(({ cpuMicros }) => cpuMicros[part])).toFixed(0),
    )
    const rates = `${spread(ratesOf(charged), 0)} | ${spread(ratesOf(free), 0)} | ${shareOf(charged, free).toFixed(2)}`
    return `| ${whereOf(cell)} | ${rates} | ${cpu.join(', ')} |`
  }),
]

/** What each slice says, for a median over slices. */
const over = (cell: Cell, figure: (slice: PaceSlice) => number): readonly number[] => cell.paces.map(figure)

/** How much later than the others, at this share of requests, in one slice. */
const later = (values: readonly number[], others: readonly number[], share: number): number =>
  percentile(values, share) - percentile(others, share)

/** Latency over asking the provider directly, and the part of it that is money's. */
export const latencyTable = (cells: readonly Cell[]): readonly string[] => [
  '| storage | replicas | accounts | added p50 / p99, ms | without money p50 / p99, ms | money adds at p50, ms | hold p50 / p99, ms | on disk p50, ms | settle p50 / p99, ms |',
  '|---|---|---|---|---|---|---|---|---|',
  ...cells.map((cell) => {
    const of = (figure: (slice: PaceSlice) => number): string => median(over(cell, figure)).toFixed(2)
    const both = (one: (slice: PaceSlice, share: number) => number): string =>
      [0.5, 0.99].map((share) => of((slice) => one(slice, share))).join(' / ')
    const columns = [
      both(({ charged, direct }, share) => later(charged, direct, share)),
      both(({ free, direct }, share) => later(free, direct, share)),
      spread(over(cell, moneysPart), 2),
      both(({ inside }, share) => percentile(inside.hold, share)),
      of(({ inside }) => median(inside.durable)),
      both(({ inside }, share) => percentile(inside.settle, share)),
    ]
    return `| ${whereOf(cell)} | ${columns.join(' | ')} |`
  }),
]

const moneysPart = ({ charged, free }: PaceSlice): number => later(charged, free, 0.5)

/** Hold and settle by the clock around the ledger. */
const insideOf = (cell: Cell): number => median(over(cell, ({ inside }) => median(inside.hold) + median(inside.settle)))

const LATENCY_MAX_MS = { SQLite: 1, 'PostgreSQL, Redis': 3 }
/** Of the throughput over many accounts, by one: what is less than that is not noise. */
const HOT_SHARE_MIN = 0.9

export const verdicts = (cells: readonly Cell[]): readonly string[] => [
  ...Object.entries(LATENCY_MAX_MS).map(([storage, maxMs]) => {
    const rows = cells.filter((cell) => cell.storage === storage)
    const parts = rows.map((cell) => over(cell, moneysPart))
    const seen = Math.max(...parts.map(median))
    const quietest = Math.max(...parts.map((slices) => Math.min(...slices)))
    const inside = Math.max(...rows.map(insideOf))
    const figures = `${seen.toFixed(2)} ms seen by the client (${quietest.toFixed(2)} ms in the quietest slice), ${inside.toFixed(2)} ms inside`
    return `- ${seen < maxMs ? 'met' : '**missed**'}: hold and settlement add under ${maxMs} ms at p50 on ${storage}: at most ${figures}.`
  }),
  ...cells.flatMap((hot) => {
    const all = cells.find((cell) => !cell.isHot && cell.storage === hot.storage && cell.replicas === hot.replicas)
    if (!hot.isHot || !all) return []
    const share = shareOf(hot.floods.charged, all.floods.charged)
    const where = `${hot.storage}, ${hot.replicas === 1 ? 'one gateway' : `${hot.replicas} replicas`}`
    const figures = `${percent(share)} of what ${all.accounts.toLocaleString('en')} accounts get, ${percent(shareOf(hot.floods.charged, hot.floods.free))} of what goes through without money`
    return `- ${share >= HOT_SHARE_MIN ? 'met' : '**missed**'}: one hot account sustains the gateway's own throughput (${where}): ${figures}.`
  }),
]

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
