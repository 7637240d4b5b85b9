import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '../../../api/types.ts'
import { formatMoneyShort, heightOf } from '../../../format/money.ts'
import { formatCount } from '../../../format/numbers.ts'
import { formatUtcDay, formatUtcDayShort } from '../../../format/times.ts'
import { Card } from '../../../ui/card.tsx'
import { Chart } from '../../../ui/chart.tsx'

/** Each day of the range: what came in, and what it brought and cost. */
export const SeriesCharts = ({ series }: { readonly series: Schema<'Overview'>['series'] }) => {
  const { t, i18n } = useTranslation('admin-overview')
  const locale = i18n.language
  const points = useMemo(
    () =>
      series.map((day) => ({
        at: formatUtcDay(day.day, locale),
        axis: formatUtcDayShort(day.day, locale),
        values: {
          charged: heightOf(day.cost_usd),
          cost: heightOf(day.provider_cost_usd),
          margin: heightOf(day.margin_usd),
          answered: day.requests - day.errors,
          errors: day.errors,
        },
      })),
    [series, locale],
  )
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      <Card>
        <Chart
          title={t('chart.money')}
          kind="line"
          series={[
            { id: 'charged', label: t('charged') },
            { id: 'cost', label: t('providerCost') },
            { id: 'margin', label: t('margin') },
          ]}
          points={points}
          format={(value) => formatMoneyShort(value.toFixed(9), locale)}
        />
      </Card>
      <Card>
        <Chart
          title={t('chart.requests')}
          kind="bar"
          isStacked
          series={[
            { id: 'answered', label: t('answered') },
            { id: 'errors', label: t('errors') },
          ]}
          points={points}
          format={(value) => (Number.isInteger(value) ? formatCount(value, locale) : '')}
        />
      </Card>
    </div>
  )
}
