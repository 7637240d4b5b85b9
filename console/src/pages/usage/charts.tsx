import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatMoneyShort, heightOf } from '../../format/money.ts'
import { formatCount, formatCountShort, formatDuration, formatShare } from '../../format/numbers.ts'
import { formatHourShort, formatTime, formatUtcDay, formatUtcDayShort } from '../../format/times.ts'
import { Card } from '../../ui/card.tsx'
import { Chart, type ChartProps } from '../../ui/chart.tsx'
import {
  type Interval,
  intervalsOf,
  measuresOf,
  OTHERS,
  type SeriesPoint,
  seriesId,
  seriesOf,
  stackOf,
  sumsBy,
} from './series.ts'

export interface ChartsProps {
  readonly interval: Interval
  readonly times: { readonly sinceMs: number; readonly untilMs: number }
  /** Of all requests together. */
  readonly whole: readonly SeriesPoint[]
  /** Told apart by model, key or project. */
  readonly parts: readonly SeriesPoint[]
  readonly nameOf: (by: string) => string
}

/** The same stretch of time, looked at in six ways. */
export const Charts = ({ interval, times, whole, parts, nameOf }: ChartsProps) => {
  const { t, i18n } = useTranslation('usage')
  const locale = i18n.language
  const { places, labelOf, axisOf } = usePlaces(interval, times, locale)
  const names = useMemo(() => seriesOf(sumsBy(parts)), [parts])
  const stacked = stackedOf(names, (name) => (name === OTHERS ? t('others') : nameOf(name)))
  const labelled = <V,>(points: readonly { readonly at: string; readonly values: V }[]) =>
    points.map(({ at, values }) => ({ at: labelOf(at), axis: axisOf(at), values }))
  // Points of all requests have no name: everything is in the one series that is asked for.
  const counted = (valuesOf: (point: SeriesPoint) => Record<string, number>) =>
    labelled(zeroed(measuresOf(places, whole, valuesOf), Object.keys(valuesOf(NOTHING))))
  const { count, wholeCount, share, duration } = formatsOf(locale)
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      <ChartCard
        title={t('chart.cost')}
        kind="bar"
        isStacked
        series={stacked}
        points={labelled(stackOf(places, parts, names, ({ cost_usd: cost }) => heightOf(cost)))}
        format={(value) => money(value, locale)}
      />
      <ChartCard
        title={t('chart.requests')}
        kind="bar"
        isStacked
        series={stacked}
        points={labelled(stackOf(places, parts, names, ({ requests }) => requests))}
        format={wholeCount}
      />
      <ChartCard
        title={t('chart.tokens')}
        kind="bar"
        isStacked
        series={BUCKETS.map((id) => ({ id, label: t(`bucket.${id}`) }))}
        points={counted(({ input, cache_read, cache_write, output }) => ({ input, cache_read, cache_write, output }))}
        format={count}
      />
      <ChartCard
        title={t('chart.errors')}
        kind="bar"
        series={[{ id: 'errors', label: t('column.errors') }]}
        points={counted(({ errors }) => ({ errors }))}
        format={wholeCount}
      />
      <ChartCard
        title={t('chart.latency')}
        kind="line"
        series={LATENCIES.map((id) => ({ id, label: t(`latency.${id}`) }))}
        points={labelled(
          measuresOf(places, whole, ({ latency_p50_ms: p50, latency_p95_ms: p95, ttft_p50_ms: ttft }) => ({
            p50,
            p95,
            ttft,
          })),
        )}
        format={duration}
      />
      <ChartCard
        title={t('chart.cache')}
        kind="line"
        series={[{ id: 'ratio', label: t('column.cache') }]}
        points={labelled(measuresOf(places, whole, ({ cache_hit_ratio: ratio }) => ({ ratio })))}
        format={share}
        highest={1}
      />
    </div>
  )
}

const ChartCard = (props: ChartProps) => (
  <Card>
    <Chart {...props} />
  </Card>
)

const stackedOf = (names: readonly string[], labelOf: (name: string) => string) =>
  names.map((name, index) => ({ id: seriesId(index), label: labelOf(name) }))

const formatsOf = (locale: string) => ({
  count: (value: number): string => formatCountShort(value, locale),
  // The axis of small counts has places between them, where nothing can be.
  wholeCount: (value: number): string => (Number.isInteger(value) ? formatCount(value, locale) : ''),
  share: (value: number): string => formatShare(value, locale),
  duration: (value: number): string => formatDuration(value, locale),
})

const BUCKETS = ['input', 'cache_read', 'cache_write', 'output'] as const
const LATENCIES = ['p50', 'p95', 'ttft'] as const

/** Pixels and axes have no nine places; the table below has every one. */
const money = (value: number, locale: string): string => formatMoneyShort(value.toFixed(9), locale)

const usePlaces = (interval: Interval, { sinceMs, untilMs }: ChartsProps['times'], locale: string) =>
  useMemo(
    () => ({
      places: intervalsOf(interval, sinceMs, untilMs),
      labelOf: (at: string): string =>
        interval === 'day' ? formatUtcDay(at.slice(0, 10), locale) : formatTime(at, locale, 'hour'),
      axisOf: (at: string): string =>
        interval === 'day'
          ? formatUtcDayShort(at.slice(0, 10), locale)
          : formatHourShort(at, locale, untilMs - sinceMs <= DAY_MS),
    }),
    [interval, sinceMs, untilMs, locale],
  )

const DAY_MS = 86_400_000

const NOTHING: SeriesPoint = {
  at: '',
  by: null,
  requests: 0,
  errors: 0,
  input: 0,
  cache_read: 0,
  cache_write: 0,
  output: 0,
  reasoning: 0,
  cost_usd: '0',
  latency_p50_ms: null,
  latency_p95_ms: null,
  ttft_p50_ms: null,
  cache_hit_ratio: null,
}

/** Of what is counted, an interval without requests had none. */
const zeroed = (
  points: readonly { readonly at: string; readonly values: Readonly<Record<string, number | null>> }[],
  names: readonly string[],
) =>
  points.map(({ at, values }) => ({ at, values: Object.fromEntries(names.map((name) => [name, values[name] ?? 0])) }))
