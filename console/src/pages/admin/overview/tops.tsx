import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '../../../api/types.ts'
import { nanoOf } from '../../../format/money.ts'
import { Card } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Money, Tokens } from '../../../ui/values.tsx'

type Overview = Schema<'Overview'>
type Sums = Overview['totals']

interface Row extends Sums {
  /** '' for everybody else. */
  readonly name: string
  readonly label: string
}

type By = 'provider' | 'model' | 'user'

/** Which providers, models and users cost most. */
export const Tops = ({ overview }: { readonly overview: Overview }) => {
  const { t } = useTranslation('admin-overview')
  const rows: Readonly<Record<By, readonly Row[]>> = {
    provider: overview.by_provider.data.map((top) => ({ ...top, name: top.provider, label: top.provider })),
    model: overview.by_model.data.map((top) => ({ ...top, name: top.model, label: top.model })),
    user: overview.by_user.data.map((top) => ({ ...top, name: top.user_id, label: top.email ?? top.user_id })),
  }
  const rests = {
    provider: overview.by_provider.rest,
    model: overview.by_model.rest,
    user: overview.by_user.rest,
  }
  return (
    <Card title={t('tops.title')} description={t('tops.text')}>
      <Tabs
        label={t('tops.title')}
        tabs={(['provider', 'model', 'user'] as const).map((by) => ({
          value: by,
          label: t(`by.${by}`),
          content: <TopTable by={by} rows={rows[by]} rest={rests[by]} />,
        }))}
      />
    </Card>
  )
}

const LINKS: Readonly<Record<By, (name: string) => Parameters<typeof TextLink>[0]>> = {
  provider: (id) => ({ to: '/admin/providers', search: { id }, children: id }),
  model: (q) => ({ to: '/admin/models', search: { q }, children: q }),
  user: (id) => ({ to: '/admin/users/$id', params: { id }, children: id }),
}

const TopTable = ({ by, rows, rest }: { readonly by: By; readonly rows: readonly Row[]; readonly rest: Sums }) => {
  const { t } = useTranslation('admin-overview')
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      {
        id: 'name',
        header: t(`by.${by}`),
        isRowHeader: true,
        cell: ({ name, label }) =>
          name === '' ? (
            <span className="text-muted">{label}</span>
          ) : (
            <TextLink {...LINKS[by](name)} className="break-all">
              {label}
            </TextLink>
          ),
      },
      ...figureColumns(t),
    ],
    [t, by],
  )
  const all = rest.requests === 0 ? rows : [...rows, { ...rest, name: '', label: t('tops.rest') }]
  return <DataTable label={t(`by.${by}`)} columns={columns} rows={all} rowKey={({ name }) => name} hasFixedColumns />
}

const figureColumns = (t: ReturnType<typeof useTranslation>['t']): readonly Column<Row>[] => [
  {
    id: 'requests',
    header: t('requests'),
    align: 'end',
    sortBy: ({ requests }) => requests,
    cell: ({ requests }) => <Tokens count={requests} />,
  },
  {
    id: 'errors',
    header: t('errors'),
    align: 'end',
    from: 'sm',
    sortBy: ({ errors }) => errors,
    cell: ({ errors }) => <Tokens count={errors} />,
  },
  moneyColumn('charged', t('charged'), ({ cost_usd: amount }) => amount),
  { ...moneyColumn('cost', t('providerCost'), ({ provider_cost_usd: amount }) => amount), from: 'md' },
  { ...moneyColumn('margin', t('margin'), ({ margin_usd: amount }) => amount), from: 'md' },
]

const moneyColumn = (id: string, header: string, amountOf: (row: Row) => string): Column<Row> => ({
  id,
  header,
  align: 'end',
  sortBy: (row) => nanoOf(amountOf(row)),
  cell: (row) => <Money amount={amountOf(row)} isShort />,
})
