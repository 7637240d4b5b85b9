import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card, Stat, Stats } from '../../ui/card.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageSkeleton } from '../../ui/skeleton.tsx'
import { Share, Time } from '../../ui/values.tsx'
import { columnsOf } from './columns.tsx'
import { Days } from './days.tsx'
import { type Status, TONES } from './status.ts'

const EVERY_MS = 15_000

/** What works right now, and how it was over the last thirty days. Asks again by itself. */
export default function StatusPage() {
  const { t } = useTranslation('status')
  const source = useApi<Status>('/api/status', { everyMs: EVERY_MS })
  const { data, error, refetch } = source
  const columns = useMemo(() => columnsOf(t), [t])
  if (error && !data)
    return (
      <>
        <PageHeader title={t('title')} />
        <ErrorState error={error} onRetry={() => void refetch()} />
      </>
    )
  if (!data) return <PageSkeleton />
  return (
    <>
      <PageHeader
        title={t('title')}
        description={
          <span role="status">
            <Badge tone={TONES[data.status]}>{t(`state.${data.status}`)}</Badge> {t(`sentence.${data.status}`)}
          </span>
        }
      />
      <div className="flex flex-col gap-6">
        <Stats>
          <Stat label={t('uptimeToday')} value={<Share share={data.uptime.today} />} note={t('shareOf')} />
          <Stat label={t('uptimeMonth')} value={<Share share={data.uptime.last_30_days} />} note={t('shareOf')} />
          <Stat
            label={t('working')}
            value={t('workingOf', {
              working: data.models.filter(({ status }) => status === 'available').length,
              all: data.models.length,
            })}
            note={<Time at={data.at} style="relative" />}
          />
        </Stats>
        <Card title={t('days.title')} description={t('days.text')}>
          <Days days={data.uptime.days} />
        </Card>
        <DataTable
          label={t('models')}
          columns={columns}
          rows={data.models}
          rowKey={({ id }) => id}
          source={source}
          hasFixedColumns
          empty={<EmptyState title={t('empty.title')} text={t('empty.text')} />}
        />
      </div>
    </>
  )
}
