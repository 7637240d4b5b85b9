import { Users } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { useFilters } from '../../../app/navigate.ts'
import { accountName, hasAddress } from '../../../format/accounts.ts'
import { nanoOf, ownMoney, signOf } from '../../../format/money.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Filters, SearchField } from '../../../ui/filters.tsx'
import { TextLink } from '../../../ui/text-link.tsx'
import { Money, Time, Tokens } from '../../../ui/values.tsx'

type User = Schema<'ListedUser'>

/** Accounts: who has how much, and when it was last used. */
export const AccountList = ({ create }: { readonly create: ReactNode }) => {
  const { t } = useTranslation('admin-users')
  const [filters, change] = useFilters(['q'])
  const users = useList('/api/admin/users', { query: { q: filters.q, limit: 100 }, keepPrevious: true })
  const columns = useMemo(() => columnsOf(t), [t])
  const isFiltered = filters.q !== ''
  return (
    <DataTable
      label={t('tab.accounts')}
      columns={columns}
      rows={users.rows}
      rowKey={({ id }) => id}
      source={users}
      toolbar={
        <Filters {...(isFiltered && { onClear: () => change({ q: '' }) })}>
          <SearchField label={t('search')} value={filters.q} onChange={(q) => change({ q })} />
        </Filters>
      }
      empty={
        isFiltered ? (
          <EmptyState icon={Users} title={t('empty.filtered')} />
        ) : (
          <EmptyState icon={Users} title={t('empty.title')} text={t('empty.text')} action={create} />
        )
      }
    />
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

const columnsOf = (t: Translate): readonly Column<User>[] => [
  {
    id: 'email',
    header: t('account'),
    isRowHeader: true,
    sortBy: ({ operator, ...user }) => (operator ? t('operator') : accountName(user)),
    cell: ({ id, operator, ...user }) => (
      <>
        <TextLink to="/admin/users/$id" params={{ id }} className="wrap-anywhere">
          {operator ? t('operator') : accountName(user)}
        </TextLink>
        {operator ? (
          <span className="block text-sm font-normal text-muted">{t('operatorText')}</span>
        ) : (
          hasAddress(user) &&
          user.name !== null && <span className="block text-sm font-normal break-all text-muted">{user.email}</span>
        )}
      </>
    ),
  },
  {
    id: 'available',
    header: t('available'),
    align: 'end',
    sortBy: ({ balance }) => nanoOf(ownMoney(balance)),
    cell: ({ balance }) => (
      <>
        <Money amount={ownMoney(balance)} isShort />
        {signOf(balance.credit_line_usd) !== 0 && <span className="block text-sm text-muted">{t('onCredit')}</span>}
      </>
    ),
  },
  {
    id: 'creditLine',
    header: t('creditLine'),
    align: 'end',
    isHidden: true,
    sortBy: ({ balance }) => nanoOf(balance.credit_line_usd),
    cell: ({ balance }) => <Money amount={balance.credit_line_usd} isShort />,
  },
  {
    id: 'held',
    header: t('held'),
    align: 'end',
    isHidden: true,
    sortBy: ({ balance }) => nanoOf(balance.held_usd),
    cell: ({ balance }) => <Money amount={balance.held_usd} isShort />,
  },
  {
    id: 'plan',
    header: t('plan.label'),
    from: 'md',
    sortBy: ({ plan }) => plan,
    cell: ({ plan }) => plan ?? t('plan.none'),
  },
  {
    id: 'multiplier',
    header: t('multiplier.label'),
    align: 'end',
    from: 'lg',
    sortBy: ({ rate_multiplier: factor }) => nanoOf(factor),
    cell: ({ rate_multiplier: factor }) => `× ${factor}`,
  },
  {
    id: 'keys',
    header: t('keys'),
    align: 'end',
    from: 'sm',
    sortBy: ({ keys }) => keys,
    cell: ({ keys }) => <Tokens count={keys} />,
  },
  {
    id: 'used',
    header: t('lastUsed'),
    from: 'sm',
    sortBy: ({ last_used_at: at }) => at,
    cell: ({ last_used_at: at }) => (at === null ? t('never') : <Time at={at} style="relative" />),
  },
  {
    id: 'created',
    header: t('created'),
    from: 'lg',
    sortBy: ({ created_at: at }) => at,
    cell: ({ created_at: at }) => <Time at={at} />,
  },
  { id: 'id', header: t('id'), isHidden: true, cell: ({ id }) => <span className="font-mono text-sm">{id}</span> },
]
