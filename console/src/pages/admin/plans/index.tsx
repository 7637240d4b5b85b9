import { Package } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import { nanoOf, signOf } from '../../../format/money.ts'
import { percentOff } from '../../../format/percent.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { LimitList } from '../../../ui/limit-fields.tsx'
import { EntryActions } from '../../../ui/entry-actions.tsx'
import { useEntryWindows } from '../../../ui/entry-windows.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { SourceBadge } from '../../../ui/source.tsx'
import { Money } from '../../../ui/values.tsx'
import { PLAN } from './plan-fields.tsx'
import type { Plan } from './plan-form.ts'

/** What can be bought: a discount and limits, for a price. */
export default function PlansPage() {
  const { t } = useTranslation('admin-plans')
  const { add, windows, open } = useEntryWindows(PLAN)
  const plans = useList('/api/admin/plans', { query: { limit: 200 } })
  const columns = useMemo(() => columnsOf(t, open), [t, open])
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} actions={add} />
      <DataTable
        label={t('title')}
        columns={columns}
        rows={plans.rows}
        rowKey={({ id }) => id}
        source={plans}
        empty={<EmptyState icon={Package} title={t('empty.title')} text={t('empty.text')} action={add} />}
      />
      {windows}
    </>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

const columnsOf = (
  t: Translate,
  onOpen: (open: { readonly act: 'edit' | 'remove'; readonly subject: Plan }) => void,
): readonly Column<Plan>[] => [
  { id: 'id', header: t('id.label'), isRowHeader: true, sortBy: ({ id }) => id, cell: ({ id }) => id },
  {
    id: 'discount',
    header: t('discount.label'),
    align: 'end',
    sortBy: ({ discount }) => nanoOf(discount),
    cell: ({ discount }) => <Discount of={discount} />,
  },
  {
    id: 'price',
    header: t('price.label'),
    align: 'end',
    sortBy: ({ price_usd: price }) => nanoOf(price),
    cell: ({ price_usd: price, for_sale: isForSale }) => (isForSale ? <Money amount={price} /> : t('sale.not')),
  },
  { id: 'limits', header: t('limits'), from: 'sm', cell: (plan) => <LimitList of={plan} /> },
  {
    id: 'disconnect',
    header: t('disconnect.label'),
    from: 'lg',
    cell: ({ on_disconnect: act }) => t(`disconnect.${act}`),
  },
  { id: 'source', header: t('source'), from: 'md', cell: ({ source }) => <SourceBadge source={source} /> },
  {
    id: 'actions',
    header: t('actions'),
    align: 'end',
    cell: (plan) => (
      <EntryActions namespace="admin-plans" entry={plan} onAct={(act) => onOpen({ act, subject: plan })} />
    ),
  },
]

/** What is taken off every price, said so that nobody takes it for what is left. */
const Discount = ({ of }: { readonly of: string }) => {
  const { t, i18n } = useTranslation('admin-plans')
  if (signOf(of) === 0) return t('discount.none')
  return (
    <span className="whitespace-nowrap tabular-nums">
      {t('discount.off', { percent: percentOff(of, i18n.language) })}
    </span>
  )
}
