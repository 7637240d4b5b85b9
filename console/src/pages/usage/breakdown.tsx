import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { nanoOf } from '../../format/money.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { Money, Share, Tokens } from '../../ui/values.tsx'
import type { By } from './filters.ts'
import { cacheShareOf, type SeriesPoint, type Sums, sumsBy } from './series.ts'

export interface BreakdownProps {
  readonly by: By
  readonly range: string
  readonly points: readonly SeriesPoint[]
  readonly nameOf: (by: string) => string
}

/** Everything in the range for each model, key or project. */
export const Breakdown = ({ by, range, points, nameOf }: BreakdownProps) => {
  const { t } = useTranslation('usage')
  const sums = useMemo(() => sumsBy(points), [points])
  const columns = useMemo(
    (): readonly Column<Sums>[] => [
      {
        id: 'by',
        header: t(`by.${by}`),
        isRowHeader: true,
        sortBy: ({ by: id }) => nameOf(id),
        cell: ({ by: id }) =>
          id === '' ? (
            nameOf(id)
          ) : (
            <TextLink to="/console/logs" search={{ [by]: id, range }} className="inline-block min-w-32 break-words">
              {nameOf(id)}
            </TextLink>
          ),
      },
      {
        id: 'cost',
        header: t('column.cost'),
        align: 'end',
        sortBy: ({ cost_usd: cost }) => nanoOf(cost),
        cell: ({ cost_usd: cost }) => <Money amount={cost} />,
      },
      countColumn('requests', t('column.requests'), ({ requests }) => requests),
      countColumn('errors', t('column.errors'), ({ errors }) => errors),
      countColumn('input', t('bucket.input'), ({ input }) => input, 'md'),
      countColumn('cache_read', t('bucket.cache_read'), (row) => row.cache_read, 'lg'),
      { ...countColumn('cache_write', t('bucket.cache_write'), (row) => row.cache_write), isHidden: true },
      countColumn('output', t('bucket.output'), ({ output }) => output, 'md'),
      {
        id: 'cache',
        header: t('column.cache'),
        align: 'end',
        from: 'lg',
        sortBy: cacheShareOf,
        cell: (row) => <Share share={cacheShareOf(row)} />,
      },
    ],
    [t, by, range, nameOf],
  )
  return (
    <Card title={t(`breakdown.${by}`)}>
      <DataTable label={t(`breakdown.${by}`)} columns={columns} rows={sums} rowKey={(row) => row.by} />
    </Card>
  )
}

const countColumn = (id: string, header: string, countOf: (row: Sums) => number, from?: 'md' | 'lg'): Column<Sums> => ({
  id,
  header,
  align: 'end',
  ...(from && { from }),
  sortBy: countOf,
  cell: (row) => <Tokens count={countOf(row)} />,
})
