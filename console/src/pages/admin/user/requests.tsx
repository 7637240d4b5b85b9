import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Card } from '../../../ui/card.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { DownloadButton } from '../../../ui/download-button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Outcome } from '../../../ui/outcome.tsx'
import { Duration, Money, Time } from '../../../ui/values.tsx'

type Receipt = Schema<'Receipt'>

const SHOWN_MAX = 20
const READ_AGAIN_MS = 10_000

/** The last requests of an account; all of them as a file. */
export const Requests = ({ id }: { readonly id: string }) => {
  const { t } = useTranslation('admin-user')
  const requests = useApi('/api/admin/requests', { query: { user_id: id, limit: SHOWN_MAX }, everyMs: READ_AGAIN_MS })
  const columns = useMemo<readonly Column<Receipt>[]>(
    () => [
      { id: 'at', header: t('requests.at'), cell: ({ at }) => <Time at={at} style="hour" /> },
      {
        id: 'id',
        header: t('requests.id'),
        from: 'lg',
        cell: ({ request_id: request }) => <span className="font-mono text-sm">{request}</span>,
      },
      {
        id: 'model',
        header: t('requests.model'),
        isRowHeader: true,
        cell: ({ model_served: model }) => <span className="inline-block min-w-28">{model}</span>,
      },
      {
        id: 'status',
        header: t('requests.status'),
        cell: ({ status, ended }) => <Outcome status={status} ended={ended} />,
      },
      { id: 'cost', header: t('requests.cost'), align: 'end', cell: (row) => <Money amount={row.cost_usd} isShort /> },
      {
        id: 'latency',
        header: t('requests.latency'),
        align: 'end',
        from: 'md',
        cell: ({ latency_ms: ms }) => <Duration ms={ms} />,
      },
    ],
    [t],
  )
  const all = (
    <DownloadButton
      from="/api/admin/requests.csv"
      query={{ user_id: id }}
      fileName={`requests-${id}.csv`}
      label={t('requests.download')}
    />
  )
  return (
    <Card title={t('requests.title')} actions={all}>
      <DataTable
        label={t('requests.title')}
        columns={columns}
        rows={requests.data?.data ?? []}
        rowKey={(row) => `${row.request_id} ${row.at}`}
        source={requests}
        empty={<EmptyState title={t('requests.empty')} />}
        hasFixedColumns
      />
    </Card>
  )
}
