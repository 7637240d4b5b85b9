import { ChartColumn } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { useNames } from '../../api/names.ts'
import { formatUtcDay, formatUtcHour } from '../../format/times.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Stat, Stats } from '../../ui/card.tsx'
import { DownloadButton } from '../../ui/download-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageSkeleton } from '../../ui/skeleton.tsx'
import { Money, Share, Tokens } from '../../ui/values.tsx'
import { Breakdown } from './breakdown.tsx'
import { Charts } from './charts.tsx'
import { useUsageFilters } from './filters.ts'
import { cacheShareOf, type Interval, type SeriesPoint, totalOf } from './series.ts'
import { UsageFilterFields } from './usage-filters.tsx'

const SERIES = '/api/me/usage/series'

/** What was asked, what it took and what it cost. */
export default function UsagePage() {
  const { t } = useTranslation('usage')
  const { filters, change, query, times, logged, interval, by, hasHours, isNarrowed, clear } = useUsageFilters()
  const names = useNames()
  const whole = useApi(SERIES, { query: { ...query, by: 'none' }, keepPrevious: true })
  const parts = useApi(SERIES, { query: { ...query, by }, keepPrevious: true })
  const nameOf = useCallback(
    (id: string): string => {
      if (id === '') return by === 'project' ? t('noProject') : t('noModel')
      return by === 'key' ? names.keyName(id) : by === 'project' ? names.projectName(id) : id
    },
    [by, names, t],
  )
  const error = whole.error ?? parts.error
  const [all, told] = [whole.data?.data, parts.data?.data]
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('text')}
        actions={
          <DownloadButton from={`${SERIES}.csv`} query={{ ...query, by }} fileName="usage.csv" label={t('csv')} />
        }
      />
      <div className="flex flex-col gap-4">
        <UsageFilterFields
          filters={filters}
          change={change}
          hasHours={hasHours}
          onClear={isNarrowed ? clear : undefined}
        />
        {error && <ErrorState error={error} onRetry={() => void Promise.all([whole.refetch(), parts.refetch()])} />}
        {!error && !(all && told) && <PageSkeleton />}
        {all?.length === 0 && <NoUsage isNarrowed={isNarrowed} onClear={clear} />}
        {all && told && all.length > 0 && (
          <>
            <Window times={times} interval={interval} />
            <Totals points={all} />
            <Charts interval={interval} times={times} whole={all} parts={told} nameOf={nameOf} />
            <Breakdown by={by} range={logged} points={told} nameOf={nameOf} />
            <p className="text-sm text-muted">{t('note')}</p>
          </>
        )}
      </div>
    </>
  )
}

const NoUsage = ({ isNarrowed, onClear }: { readonly isNarrowed: boolean; readonly onClear: () => void }) => {
  const { t } = useTranslation('usage')
  return (
    <EmptyState
      icon={ChartColumn}
      title={t('empty.title')}
      text={t(isNarrowed ? 'empty.narrowed' : 'empty.text')}
      action={
        isNarrowed ? (
          <Button onClick={onClear}>{t('common:clearFilters')}</Button>
        ) : (
          <ButtonLink to="/console">{t('empty.action')}</ButtonLink>
        )
      }
    />
  )
}

interface WindowProps {
  readonly times: ReturnType<typeof useUsageFilters>['times']
  readonly interval: Interval
}

/** Of which time everything below is: whole hours or days of UTC, which may be more than was chosen. */
const Window = ({ times: { sinceMs, untilMs, isOpen }, interval }: WindowProps) => {
  const { t, i18n } = useTranslation('usage')
  const named = (atMs: number): string => {
    const at = new Date(atMs).toISOString()
    return interval === 'hour' ? formatUtcHour(at, i18n.language) : formatUtcDay(at.slice(0, 10), i18n.language)
  }
  // Of days, the last one is named; of hours, when the last one ends.
  const until = named(interval === 'hour' ? untilMs : untilMs - 1)
  return (
    <p className="text-sm text-muted">
      {t(`window.${interval}.${isOpen ? 'open' : 'ended'}`, { since: named(sinceMs), until })}
    </p>
  )
}

const Totals = ({ points }: { readonly points: readonly SeriesPoint[] }) => {
  const { t } = useTranslation('usage')
  const total = totalOf(points)
  return (
    <Stats>
      <Stat label={t('column.cost')} value={<Money amount={total.cost_usd} />} />
      <Stat label={t('column.requests')} value={<Tokens count={total.requests} />} />
      <Stat
        label={t('column.errors')}
        value={<Tokens count={total.errors} />}
        note={total.requests > 0 && <Share share={total.errors / total.requests} />}
      />
      <Stat
        label={t('stat.input')}
        value={<Tokens count={total.input + total.cache_read + total.cache_write} isShort />}
      />
      <Stat label={t('stat.output')} value={<Tokens count={total.output} isShort />} />
      <Stat label={t('column.cache')} value={<Share share={cacheShareOf(total)} />} />
    </Stats>
  )
}
