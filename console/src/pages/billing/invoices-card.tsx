import { FileText } from 'lucide-react'
import { useMemo } from 'react'
import { type UseTranslationResponse, useTranslation } from 'react-i18next'
import { useApi } from '../../api/hooks.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { DownloadButton } from '../../ui/download-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Money } from '../../ui/values.tsx'
import type { Invoice } from './types.ts'

/** A document for each month in which something moved. */
export const InvoicesCard = () => {
  const { t, i18n } = useTranslation('billing')
  const invoices = useApi('/api/me/invoices')
  const columns = useMemo(() => columnsOf(t, i18n.language), [t, i18n.language])
  return (
    <Card title={t('invoices.title')} description={t('invoices.text')}>
      <DataTable
        label={t('invoices.title')}
        columns={columns}
        rows={invoices.data?.data ?? []}
        rowKey={({ month }) => month}
        source={invoices}
        hasFixedColumns
        empty={<EmptyState icon={FileText} title={t('invoices.emptyTitle')} text={t('invoices.emptyText')} />}
      />
    </Card>
  )
}

const nameOf = (month: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  )

const columnsOf = (
  t: UseTranslationResponse<'billing', undefined>['t'],
  locale: string,
): readonly Column<Invoice>[] => [
  {
    id: 'month',
    header: t('invoices.month'),
    isRowHeader: true,
    sortBy: ({ month }) => month,
    cell: ({ month, state }) => (
      <span className="flex flex-wrap items-center gap-2">
        {nameOf(month, locale)}
        {state !== 'final' && <Badge>{t(`invoices.${state}`)}</Badge>}
      </span>
    ),
  },
  {
    id: 'charges',
    header: t('invoices.charges'),
    align: 'end',
    cell: ({ charges_usd: amount }) => <Money amount={amount} />,
  },
  {
    id: 'others',
    header: t('invoices.others'),
    align: 'end',
    from: 'md',
    cell: ({ others_usd: amount }) => <Money amount={amount} />,
  },
  {
    id: 'closing',
    header: t('invoices.closing'),
    align: 'end',
    from: 'sm',
    cell: ({ closing_usd: amount }) => <Money amount={amount} />,
  },
  {
    id: 'pdf',
    header: t('invoices.document'),
    align: 'end',
    cell: ({ month, pdf }) =>
      pdf === null ? (
        <span className="text-sm text-muted">{t('invoices.later')}</span>
      ) : (
        <span className="inline-block text-left">
          <DownloadButton
            kind="quiet"
            from="/api/me/invoices/{file}"
            path={{ file: `${month}.pdf` }}
            fileName={`invoice-${month}.pdf`}
            label="PDF"
          />
        </span>
      ),
  },
]
