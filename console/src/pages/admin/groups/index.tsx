import { Group as GroupIcon } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useChannels, useGroups } from '../../../api/admin-lists.ts'
import { useFilters } from '../../../app/navigate.ts'
import { DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { useEntryWindows } from '../../../ui/entry-windows.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'
import { columnsOf } from './columns.tsx'
import { GroupDetails } from './details.tsx'
import { GROUP } from './group-fields.tsx'

/** Which channels keys may use, at what multiple of the price, and how among them. */
export default function GroupsPage() {
  const { t } = useTranslation('admin-groups')
  const [filters, change] = useFilters(['id'])
  const { add, windows, open } = useEntryWindows(GROUP)
  const groups = useGroups()
  const channels = useChannels()
  const counts = useMemo(() => {
    const all = channels.data?.pages.flatMap(({ data }) => data) ?? []
    const found = new Map<string, number>()
    for (const group of all.flatMap((channel) => channel.groups ?? [])) found.set(group, (found.get(group) ?? 0) + 1)
    return found
  }, [channels.data])
  const columns = useMemo(
    () =>
      columnsOf(t, counts, (act, subject) => (act === 'details' ? change({ id: subject.id }) : open({ act, subject }))),
    [t, counts, change, open],
  )
  const usable = channels.rows.filter((channel) => channel.groups?.includes(filters.id)).map(({ id }) => id)
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} actions={add} />
      <DataTable
        label={t('title')}
        columns={columns}
        rows={groups.rows}
        rowKey={({ id }) => id}
        source={groups}
        onOpen={({ id }) => change({ id })}
        empty={<EmptyState icon={GroupIcon} title={t('empty')} action={add} />}
      />
      <GroupDetails
        subject={groups.rows.find(({ id }) => id === filters.id)}
        channels={usable}
        onClose={() => change({ id: '' })}
      />
      {windows}
    </>
  )
}
