import { BookOpen } from 'lucide-react'
import { useMemo } from 'react'
import { type UseTranslationResponse, useTranslation } from 'react-i18next'
import { useList } from '../../api/hooks.ts'
import { useFilters } from '../../app/navigate.ts'
import { signOf } from '../../format/money.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/input.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { Money, Time } from '../../ui/values.tsx'
import type { Posting } from './types.ts'

const KINDS = ['charges', 'others'] as const

/** Everything that moved on the account. */
export const LedgerCard = () => {
  const { t } = useTranslation('billing')
  const [{ only }, change] = useFilters(['only'])
  const ledger = useList('/api/me/ledger', { query: { only, limit: 100 } })
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <Card title={t('ledger.title')} description={t('ledger.text')}>
      <DataTable
        label={t('ledger.title')}
        columns={columns}
        rows={ledger.rows}
        rowKey={({ at, kind, request_id: request, balance_usd: balance }) => `${at} ${kind} ${request} ${balance}`}
        source={ledger}
        toolbar={
          <div className="max-w-60">
            <Field label={t('ledger.only')}>
              <Select
                value={only}
                onChange={(event) => change({ only: event.target.value })}
                options={[
                  { value: '', label: t('ledger.all') },
                  ...KINDS.map((value) => ({ value, label: t(`ledger.${value}`) })),
                ]}
              />
            </Field>
          </div>
        }
        empty={<EmptyState icon={BookOpen} title={t('ledger.emptyTitle')} text={t('ledger.emptyText')} />}
      />
    </Card>
  )
}

const columnsOf = (t: UseTranslationResponse<'billing', undefined>['t']): readonly Column<Posting>[] => [
  {
    id: 'at',
    header: t('ledger.at'),
    isRowHeader: true,
    cell: ({ at }) => <Time at={at} style="hour" />,
  },
  { id: 'kind', header: t('ledger.kind'), cell: ({ kind }) => t(`kind.${kind}`, kind) },
  {
    id: 'amount',
    header: t('ledger.amount'),
    align: 'end',
    cell: ({ amount_usd: amount }) => (
      <span className={signOf(amount) > 0 ? 'text-good' : undefined}>
        {signOf(amount) > 0 && '+'}
        <Money amount={amount} />
      </span>
    ),
  },
  {
    id: 'balance',
    header: t('ledger.balance'),
    align: 'end',
    from: 'sm',
    cell: ({ balance_usd: balance }) => <Money amount={balance} />,
  },
  {
    id: 'about',
    header: t('ledger.about'),
    from: 'md',
    cell: ({ request_id: id, reason }) => (
      <>
        {reason !== null && <span className="break-words">{reason}</span>}
        {id !== null && (
          <TextLink to="/console/logs/$id" params={{ id }} className="block max-w-64 truncate">
            {id}
          </TextLink>
        )}
      </>
    ),
  },
]
