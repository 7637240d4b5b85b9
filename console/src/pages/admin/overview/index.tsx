import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../api/hooks.ts'
import { useFilters } from '../../../app/navigate.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Field } from '../../../ui/field.tsx'
import { Filters } from '../../../ui/filters.tsx'
import { Select } from '../../../ui/input.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { RowsSkeleton } from '../../../ui/skeleton.tsx'
import { daysOf, RANGES } from './compare.ts'
import { Figures } from './figures.tsx'
import { OpenAlerts } from './open-alerts.tsx'
import { SeriesCharts } from './series-charts.tsx'
import { Tops } from './tops.tsx'
import { Troubles } from './troubles.tsx'

const DAYS_DEFAULT = '30'
const EVERY_MS = 60_000

/** Traffic, money and what needs somebody, at one look. */
export default function OverviewPage() {
  const { t } = useTranslation('admin-overview')
  const [filters, change] = useFilters(['days'])
  const days = RANGES.find((range) => range === filters.days) ?? DAYS_DEFAULT
  const query = useMemo(() => daysOf(days, Date.now()), [days])
  const overview = useApi('/api/admin/overview', { query, keepPrevious: true, everyMs: EVERY_MS })
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      <div className="flex flex-col gap-4">
        <div className="grid gap-4 xl:grid-cols-2">
          <OpenAlerts />
          <Troubles />
        </div>
        <Filters>
          <Field label={t('range.label')}>
            <Select
              value={days}
              onChange={(event) => change({ days: event.target.value })}
              options={RANGES.map((range) => ({ value: range, label: t('range.days', { count: Number(range) }) }))}
            />
          </Field>
        </Filters>
        {overview.error && !overview.data ? (
          <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />
        ) : !overview.data ? (
          <RowsSkeleton />
        ) : (
          <>
            <Figures overview={overview.data} />
            <SeriesCharts series={overview.data.series} />
            <Tops overview={overview.data} />
          </>
        )}
      </div>
    </>
  )
}
