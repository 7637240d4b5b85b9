import { useTranslation } from 'react-i18next'
import { useApi } from '../../../api/hooks.ts'
import { Notice } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Card, Stat, Stats } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { RowsSkeleton } from '../../../ui/skeleton.tsx'
import { Money, Tokens } from '../../../ui/values.tsx'
import { useMemo } from 'react'

/** What the books say, and whether they add up. */
export default function LedgerPage() {
  const { t } = useTranslation('admin-ledger')
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      <div className="flex flex-col gap-4">
        <Check />
        <Accounts />
      </div>
    </>
  )
}

const Check = () => {
  const { t } = useTranslation('admin-ledger')
  const check = useApi('/api/admin/ledger/check')
  const again = (
    <Button onClick={() => void check.refetch()} isPending={check.isFetching}>
      {t('check.again')}
    </Button>
  )
  return (
    <Card title={t('check.title')} description={t('check.text')} actions={again}>
      {check.error && !check.data ? (
        <ErrorState error={check.error} onRetry={() => void check.refetch()} />
      ) : !check.data ? (
        <RowsSkeleton />
      ) : (
        <div className="flex flex-col gap-3" role="status">
          <Notice tone={check.data.ok ? 'good' : 'danger'}>{check.data.ok ? t('check.good') : t('check.bad')}</Notice>
          {check.data.faults.length > 0 && (
            <ul className="list-disc pl-5 text-sm">
              {check.data.faults.map((fault) => (
                <li key={fault}>{fault}</li>
              ))}
            </ul>
          )}
          <Stats>
            <Stat label={t('check.sum')} value={<Money amount={check.data.sum_usd} />} />
            <Stat label={t('check.accounts')} value={<Tokens count={check.data.accounts} />} />
            <Stat label={t('check.postings')} value={<Tokens count={check.data.postings} />} />
            <Stat label={t('check.holds')} value={<Tokens count={check.data.open_holds} />} />
          </Stats>
        </div>
      )}
    </Card>
  )
}

interface Account {
  readonly account: string
  readonly balance_usd: string
}

const Accounts = () => {
  const { t } = useTranslation('admin-ledger')
  const books = useApi('/api/admin/ledger/accounts')
  const columns = useMemo<readonly Column<Account>[]>(
    () => [
      {
        id: 'account',
        header: t('accounts.account'),
        isRowHeader: true,
        cell: ({ account }) => {
          const words = t(`accounts.words.${account.replace(/^provider:.*/, 'provider').replace(':', '-')}`, '')
          return (
            <>
              <span className="font-mono text-sm">{account}</span>
              {words !== '' && <span className="block text-sm text-muted">{words}</span>}
            </>
          )
        },
      },
      {
        id: 'balance',
        header: t('accounts.balance'),
        align: 'end',
        cell: ({ balance_usd: balance }) => <Money amount={balance} />,
      },
    ],
    [t],
  )
  return (
    <Card title={t('accounts.title')} description={t('accounts.text')}>
      <DataTable
        label={t('accounts.title')}
        columns={columns}
        rows={books.data?.accounts ?? []}
        rowKey={({ account }) => account}
        source={books}
        hasFixedColumns
      />
    </Card>
  )
}
