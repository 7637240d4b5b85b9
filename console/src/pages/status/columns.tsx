import type { TFunction } from 'i18next'
import { Badge } from '../../ui/badge.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Share, Time } from '../../ui/values.tsx'
import { type ModelStatus, TONES } from './status.ts'

const ORDER: Readonly<Record<ModelStatus['status'], number>> = { unavailable: 0, degraded: 1, available: 2 }

/** What the table of models shows. */
export const columnsOf = (t: TFunction): readonly Column<ModelStatus>[] => [
  {
    id: 'model',
    header: t('column.model'),
    isRowHeader: true,
    sortBy: ({ id }) => id,
    cell: ({ id }) => <code className="break-all">{id}</code>,
  },
  {
    id: 'status',
    header: t('column.status'),
    sortBy: ({ status }) => ORDER[status],
    cell: ({ status, since }) => (
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone={TONES[status]}>{t(`state.${status}`)}</Badge>
        {since !== null && (
          <span className="text-sm text-muted">
            {t('since')} <Time at={since} />
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'today',
    header: t('column.today'),
    align: 'end',
    sortBy: ({ uptime }) => uptime.today,
    cell: ({ uptime }) => <Uptime share={uptime.today} t={t} />,
  },
  {
    id: 'month',
    header: t('column.month'),
    align: 'end',
    from: 'sm',
    sortBy: ({ uptime }) => uptime.last_30_days,
    cell: ({ uptime }) => <Uptime share={uptime.last_30_days} t={t} />,
  },
]

const Uptime = ({ share, t }: { readonly share: number | null; readonly t: TFunction }) =>
  share === null ? <span className="text-muted">{t('notAsked')}</span> : <Share share={share} />
