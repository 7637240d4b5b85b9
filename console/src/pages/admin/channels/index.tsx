import { Waypoints } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useChannels } from '../../../api/admin-lists.ts'
import { useFilters } from '../../../app/navigate.ts'
import { DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { useEntryWindows } from '../../../ui/entry-windows.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { CHANNEL } from './channel-fields.tsx'
import { columnsOf } from './columns.tsx'
import { ChannelDetails } from './details.tsx'
import { useHealth } from './use-health.ts'

/** Which provider offers which models to which groups, and in which order. */
export default function ChannelsPage() {
  const { t } = useTranslation('admin-channels')
  const [filters, change] = useFilters(['id'])
  const { add, windows, open } = useEntryWindows(CHANNEL)
  const channels = useChannels()
  const health = useHealth()
  const columns = useMemo(
    () =>
      columnsOf(t, health, (act, subject) => (act === 'details' ? change({ id: subject.id }) : open({ act, subject }))),
    [t, health, change, open],
  )
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} actions={add} />
      <DataTable
        label={t('title')}
        columns={columns}
        rows={channels.rows}
        rowKey={({ id }) => id}
        source={channels}
        onOpen={({ id }) => change({ id })}
        empty={<EmptyState icon={Waypoints} title={t('empty.title')} text={t('empty.text')} action={add} />}
      />
      <ChannelDetails
        subject={channels.rows.find(({ id }) => id === filters.id)}
        health={health.get(filters.id)}
        onClose={() => change({ id: '' })}
      />
      {windows}
    </>
  )
}
