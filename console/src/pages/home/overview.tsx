import { useMemo } from 'react'
import { type UseTranslationResponse, useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { type Names, useNames } from '../../api/names.ts'
import { useSession } from '../../app/session.tsx'
import { ownMoney, signOf, sumOf } from '../../format/money.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Card, Stat, Stats } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { FailureMark, Outcome } from '../../ui/outcome.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowsSkeleton } from '../../ui/skeleton.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { Duration, Money, Share, Time, Tokens } from '../../ui/values.tsx'
import type { Receipt } from './first-answer.ts'

const DAY_MS = 86_400_000
const READ_AGAIN_MS = 10_000
const SHOWN = 10

/** The day in UTC, as usage is counted. */
const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)

/** How things stand: balance, spend, errors, and what was asked last. */
export const Overview = () => {
  const { t } = useTranslation('home')
  const { organisation, may } = useSession()
  return (
    <>
      <PageHeader
        title={organisation?.name ?? t('title')}
        actions={
          <>
            <ButtonLink to="/console/usage">{t('toUsage')}</ButtonLink>
            {may('keys') && (
              <ButtonLink to="/console/keys" search={{ new: '1' }} kind="primary">
                {t('newKey')}
              </ButtonLink>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <Figures />
        <Recent />
      </div>
    </>
  )
}

const Figures = () => {
  const { t } = useTranslation('home')
  const balance = useApi('/api/me/balance', { everyMs: READ_AGAIN_MS })
  const today = dayOf(Date.now())
  const since = dayOf(Date.now() - 6 * DAY_MS)
  const usage = useApi('/api/me/usage', { query: { since, until: today, group_by: 'day' }, everyMs: READ_AGAIN_MS })
  const error = (!balance.data && balance.error) || (!usage.data && usage.error)
  if (error) return <ErrorState error={error} onRetry={() => void Promise.all([balance.refetch(), usage.refetch()])} />
  if (!balance.data || !usage.data) return <RowsSkeleton rows={2} />
  const days = usage.data.data
  const now = days.filter(({ day }) => day === today)
  const { requests, failed, cost_usd: spent } = usage.data.totals
  return (
    <Stats>
      <Stat
        label={t(signOf(balance.data.credit_line_usd) === 0 ? 'stat.available' : 'stat.onCredit')}
        value={<Money amount={ownMoney(balance.data)} />}
        note={<TextLink to="/console/billing">{t('toBilling')}</TextLink>}
      />
      <Stat
        label={t('stat.today')}
        value={<Money amount={sumOf(now.map(({ cost_usd: cost }) => cost))} />}
        note={t('stat.todayNote')}
      />
      <Stat label={t('stat.week')} value={<Money amount={spent} />} />
      <Stat label={t('stat.requests')} value={<Tokens count={requests} />} note={t('stat.weekNote')} />
      <Stat
        label={t('stat.errors')}
        value={<Tokens count={failed} />}
        note={requests > 0 ? <Share share={failed / requests} /> : undefined}
      />
    </Stats>
  )
}

const Recent = () => {
  const { t } = useTranslation('home')
  const names = useNames()
  const requests = useApi('/api/me/requests', {
    query: { limit: SHOWN },
    everyMs: READ_AGAIN_MS,
  })
  const columns = useMemo(() => columnsOf(t, names), [t, names])
  return (
    <Card title={t('recent.title')} actions={<ButtonLink to="/console/logs">{t('recent.all')}</ButtonLink>}>
      <DataTable
        label={t('recent.title')}
        columns={columns}
        rows={requests.data?.data ?? []}
        rowKey={({ request_id: id }) => id}
        source={requests}
        hasFixedColumns
      />
    </Card>
  )
}

/** Seconds matter today; later, the day does. */
const isToday = (at: string): boolean => new Date(at).toDateString() === new Date().toDateString()

const columnsOf = (t: UseTranslationResponse<'home', undefined>['t'], names: Names): readonly Column<Receipt>[] => [
  {
    id: 'at',
    header: t('recent.at'),
    isRowHeader: true,
    cell: ({ at, request_id: id, status, ended }) => (
      <>
        <TextLink to="/console/logs/$id" params={{ id }} className="[&_time]:max-sm:whitespace-normal">
          <Time at={at} style={isToday(at) ? 'clock' : 'hour'} />
        </TextLink>
        <FailureMark status={status} ended={ended} />
      </>
    ),
  },
  {
    id: 'model',
    header: t('recent.model'),
    cell: ({ model_served: served, model_requested: asked }) => (
      <span className="inline-block min-w-20 wrap-anywhere sm:min-w-28">{served || asked}</span>
    ),
  },
  {
    id: 'cost',
    header: t('recent.cost'),
    align: 'end',
    cell: ({ cost_usd: cost }) => <Money amount={cost} />,
  },
  {
    id: 'outcome',
    header: t('recent.outcome'),
    from: 'sm',
    cell: ({ status, ended }) => <Outcome status={status} ended={ended} />,
  },
  {
    id: 'took',
    header: t('recent.took'),
    align: 'end',
    from: 'sm',
    cell: ({ latency_ms: latencyMs }) => <Duration ms={latencyMs} />,
  },
  { id: 'key', header: t('recent.key'), from: 'md', cell: ({ key_id: id }) => names.keyName(id) },
]
