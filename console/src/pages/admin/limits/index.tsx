import { Gauge } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { useFilters } from '../../../app/navigate.ts'
import { formatMoneyShort } from '../../../format/money.ts'
import { formatRelative } from '../../../format/times.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Field } from '../../../ui/field.tsx'
import { Filters } from '../../../ui/filters.tsx'
import { Select } from '../../../ui/input.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Tokens } from '../../../ui/values.tsx'

type Limit = Schema<'Limit'>

const KINDS = [
  'address',
  'every_key',
  'every_user',
  'every_project',
  'model',
  'group',
  'plan',
  'project',
  'key',
] as const satisfies readonly Limit['kind'][]
const CEILINGS = ['rpm', 'tpm', 'itpm', 'otpm', 'concurrency'] as const

/** Every limit there is, wherever it was set. */
export default function LimitsPage() {
  const { t } = useTranslation('admin-limits')
  const [filters, change] = useFilters(['kind'])
  const limits = useList('/api/admin/limits', { query: { kind: filters.kind, limit: 100 }, keepPrevious: true })
  const columns = useMemo(() => columnsOf(t), [t])
  const isFiltered = filters.kind !== ''
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      <DataTable
        label={t('title')}
        columns={columns}
        rows={limits.rows}
        rowKey={({ kind, id }) => `${kind} ${id ?? ''}`}
        source={limits}
        toolbar={
          <Filters {...(isFiltered && { onClear: () => change({ kind: '' }) })}>
            <Field label={t('kind')}>
              <Select
                value={filters.kind}
                onChange={(event) => change({ kind: event.target.value })}
                options={['all', ...KINDS].map((kind) => ({
                  value: kind === 'all' ? '' : kind,
                  label: t(`kinds.${kind}`),
                }))}
              />
            </Field>
          </Filters>
        }
        empty={
          <EmptyState
            icon={Gauge}
            title={t('empty.title')}
            text={t('empty.text')}
            action={
              isFiltered ? (
                <Button onClick={() => change({ kind: '' })}>{t('common:clearFilters')}</Button>
              ) : (
                <>
                  <ButtonLink to="/admin/groups">{t('empty.groups')}</ButtonLink>
                  <ButtonLink to="/admin/plans">{t('empty.plans')}</ButtonLink>
                </>
              )
            }
          />
        }
      />
    </>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

const columnsOf = (t: Translate): readonly Column<Limit>[] => [
  {
    id: 'kind',
    header: t('kind'),
    sortBy: ({ kind }) => kind,
    cell: ({ kind }) => <span className="whitespace-nowrap">{t(`kinds.${kind}`)}</span>,
  },
  { id: 'on', header: t('on'), isRowHeader: true, cell: (limit) => <Subject limit={limit} everyone={t('everyone')} /> },
  // Before the ceilings, of which most are not set: what is left of a budget is looked up most.
  { id: 'budgets', header: t('budgets'), cell: ({ budgets }) => <Budgets budgets={budgets} /> },
  ...CEILINGS.map(
    (name): Column<Limit> => ({
      id: name,
      header: t(`common:limit.${name}`),
      align: 'end',
      from: name === 'rpm' || name === 'tpm' ? 'sm' : '2xl',
      sortBy: (limit) => limit[name],
      cell: ({ [name]: count }) =>
        count === null ? <span className="text-muted">{t('common:limit.none')}</span> : <Tokens count={count} />,
    }),
  ),
]

/** What the limit is on, with the page where it is looked after. */
const Subject = ({ limit, everyone }: { readonly limit: Limit; readonly everyone: string }) => {
  const { kind, id, name, user_id: userId } = limit
  if (id === null) return <span className="inline-block min-w-36">{everyone}</span>
  if (kind === 'group')
    return (
      <TextLink to="/admin/groups" search={{ id }}>
        {id}
      </TextLink>
    )
  if (kind === 'plan') return <TextLink to="/admin/plans">{id}</TextLink>
  if (userId === null) return <span className="break-all">{name ?? id}</span>
  return (
    <TextLink to="/admin/users/$id" params={{ id: userId }}>
      {name ?? id}
    </TextLink>
  )
}

const Budgets = ({ budgets }: { readonly budgets: Limit['budgets'] }) => {
  const { t, i18n } = useTranslation('admin-limits')
  if (budgets.length === 0) return <span className="text-muted">{t('common:limit.none')}</span>
  const money = (amount: string): string => formatMoneyShort(amount, i18n.language)
  return (
    <ul className="min-w-52 text-sm">
      {budgets.map(({ window, limit_usd: limit, spent_usd: spent, resets_at: resets }) => (
        <li key={window}>
          {spent === null
            ? t('budget.unspent', { window: t(`windows.${window}`), limit: money(limit) })
            : t('budget.spent', { window: t(`windows.${window}`), limit: money(limit), spent: money(spent) })}
          {resets !== null && (
            <span className="block text-muted" title={resets}>
              {t('budget.resets', { at: formatRelative(resets, Date.now(), i18n.language) })}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
