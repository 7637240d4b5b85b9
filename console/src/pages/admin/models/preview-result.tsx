import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '../../../api/types.ts'
import { nanoOf } from '../../../format/money.ts'
import { formatUtcDay } from '../../../format/times.ts'
import { Notice } from '../../../ui/badge.tsx'
import { Card, Stat, Stats } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { Money, Time, Tokens } from '../../../ui/values.tsx'

type Preview = Schema<'PricePreview'>

interface Row {
  readonly name: string
  readonly requests: number
  readonly cost_usd_then: string
  readonly cost_usd_with: string
  readonly difference_usd: string
}

/** What the last week cost, and would have cost at the price that is being set. */
export const PreviewResult = ({ preview }: { readonly preview: Preview }) => {
  const { t, i18n } = useTranslation('admin-models')
  const rows = {
    user: preview.by_user.map((row) => ({ ...row, name: row.email ?? row.user_id })),
    group: preview.by_group.map((row) => ({ ...row, name: row.group })),
    day: preview.by_day.map((row) => ({ ...row, name: formatUtcDay(row.day, i18n.language) })),
  }
  const frame = useRef<HTMLDivElement>(null)
  // It stands below the form, and is to be seen before anything is saved.
  // In braces: newer browsers answer with a promise, and what an effect returns is called at its end.
  useEffect(() => {
    frame.current?.scrollIntoView({ block: 'start' })
  }, [])
  return (
    <div ref={frame}>
      <Card title={t('preview.title')} description={t('preview.text')}>
        <div className="flex flex-col gap-3">
          <Stats>
            <Stat label={t('preview.requests')} value={<Tokens count={preview.requests} />} />
            <Stat label={t('preview.then')} value={<Money amount={preview.cost_usd_then} />} />
            <Stat label={t('preview.with')} value={<Money amount={preview.cost_usd_with} />} />
            <Stat label={t('preview.difference')} value={<Money amount={preview.difference_usd} />} />
          </Stats>
          {preview.unpriced > 0 && <Notice tone="warn">{t('preview.unpriced', { count: preview.unpriced })}</Notice>}
          {!preview.whole && (
            <Notice tone="warn">
              {t('preview.partly')} <Time at={preview.since} />
            </Notice>
          )}
          {preview.requests === 0 ? (
            <p className="text-muted">{t('preview.none')}</p>
          ) : (
            <Tabs
              label={t('preview.title')}
              tabs={(['user', 'group', 'day'] as const).map((by) => ({
                value: by,
                label: t(`preview.by.${by}`),
                content: <Parts label={t(`preview.by.${by}`)} rows={rows[by]} />,
              }))}
            />
          )}
        </div>
      </Card>
    </div>
  )
}

const Parts = ({ label, rows }: { readonly label: string; readonly rows: readonly Row[] }) => {
  const { t } = useTranslation('admin-models')
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      { id: 'name', header: label, isRowHeader: true, cell: ({ name }) => <span className="break-all">{name}</span> },
      {
        id: 'requests',
        header: t('preview.requests'),
        align: 'end',
        from: 'sm',
        sortBy: ({ requests }) => requests,
        cell: ({ requests }) => <Tokens count={requests} />,
      },
      ...(['then', 'with'] as const).map(
        (which): Column<Row> => ({
          id: which,
          header: t(`preview.${which}`),
          align: 'end',
          from: 'sm',
          sortBy: (row) => nanoOf(row[`cost_usd_${which}`]),
          cell: (row) => <Money amount={row[`cost_usd_${which}`]} isShort />,
        }),
      ),
      {
        id: 'difference',
        header: t('preview.difference'),
        align: 'end',
        sortBy: ({ difference_usd: amount }) => nanoOf(amount),
        cell: ({ difference_usd: amount }) => <Money amount={amount} isShort />,
      },
    ],
    [t, label],
  )
  return <DataTable label={label} columns={columns} rows={rows} rowKey={({ name }) => name} hasFixedColumns />
}
