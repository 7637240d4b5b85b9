import { ScrollText } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../../api/hooks.ts'
import { useNames } from '../../api/names.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { DownloadButton } from '../../ui/download-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { columnsOf } from './columns.tsx'
import { useLogFilters } from './filters.ts'
import { LiveBar } from './live-bar.tsx'
import { LogFilterFields } from './log-filters.tsx'
import { joined } from './tail.ts'
import { useTail } from './use-tail.ts'

/** Where new ones cannot be followed, the list is read again so often. */
const POLLED_EVERY_MS = 5_000
const PAGE = 100

/** Every request of the organisation, newest first, and new ones as they come. */
export default function LogsPage() {
  const { t } = useTranslation('logs')
  const { filters, change, query, isNarrowed, clear } = useLogFilters()
  return (
    <>
      <PageHeader
        title={t('title')}
        description={
          <>
            {t('text')} {t('refused')} <TextLink to="/docs/errors">{t('errors')}</TextLink>
          </>
        }
        actions={<DownloadButton from="/api/me/requests.csv" query={query} fileName="requests.csv" label={t('csv')} />}
      />
      <div className="mb-4">
        <LogFilterFields filters={filters} change={change} onClear={isNarrowed ? clear : undefined} />
      </div>
      {/* Other filters are another list, and nothing of the last one's tail belongs to it. */}
      <LogTable key={JSON.stringify(query)} query={query} isNarrowed={isNarrowed} onClear={clear} />
    </>
  )
}

interface LogTableProps {
  readonly query: ReturnType<typeof useLogFilters>['query']
  readonly isNarrowed: boolean
  readonly onClear: () => void
}

const LogTable = ({ query, isNarrowed, onClear }: LogTableProps) => {
  const { t } = useTranslation('logs')
  const names = useNames()
  const isEnded = query.until !== ''
  const { since: _, until: __, ...followed } = query
  const list = useList('/api/me/requests', { query: { ...query, limit: PAGE } })
  const live = useTail(followed, !isEnded, list.refetch)
  usePolling(live.state === 'refused' && !live.isPaused, list.refetch)
  const columns = useMemo(() => columnsOf(t, names), [t, names])
  const rows = useMemo(() => joined(live.tail, list.rows), [live.tail, list.rows])
  const empty = isNarrowed ? (
    <EmptyState
      icon={ScrollText}
      title={t('empty.narrowedTitle')}
      text={t('empty.narrowedText')}
      action={<Button onClick={onClear}>{t('common:clearFilters')}</Button>}
    />
  ) : (
    <EmptyState
      icon={ScrollText}
      title={t('empty.title')}
      text={t('empty.text')}
      action={<ButtonLink to="/console">{t('empty.action')}</ButtonLink>}
    />
  )
  return (
    <DataTable
      label={t('title')}
      columns={columns}
      rows={rows}
      rowKey={({ request_id: id }) => id}
      source={list}
      toolbar={<LiveBar live={live} isEnded={isEnded} />}
      empty={empty}
    />
  )
}

const usePolling = (isOn: boolean, read: () => unknown): void => {
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => void read(), POLLED_EVERY_MS)
    return () => clearInterval(timer)
  }, [isOn, read])
}
