import { useTranslation } from 'react-i18next'
import { useList } from '../../../api/hooks.ts'
import { useFilters } from '../../../app/navigate.ts'
import { AuditEntries } from '../../../ui/audit-entries.tsx'
import { Filters, SearchField } from '../../../ui/filters.tsx'
import { PageHeader } from '../../../ui/page-header.tsx'

/** Who did what, newest first. */
export default function AuditPage() {
  const { t } = useTranslation('admin-audit')
  const [filters, change] = useFilters(['actor', 'action', 'subject', 'user_id'])
  const entries = useList('/api/admin/audit-log', { query: { ...filters, limit: 100 }, keepPrevious: true })
  const isFiltered = Object.values(filters).some((value) => value !== '')
  const clear = { actor: '', action: '', subject: '', user_id: '' }
  const toolbar = (
    <Filters {...(isFiltered && { onClear: () => change(clear) })}>
      <SearchField label={t('actor')} value={filters.actor} onChange={(actor) => change({ actor })} />
      <SearchField label={t('action')} value={filters.action} onChange={(action) => change({ action })} />
      <SearchField label={t('subject')} value={filters.subject} onChange={(subject) => change({ subject })} />
      <SearchField label={t('organisation')} value={filters.user_id} onChange={(id) => change({ user_id: id })} />
    </Filters>
  )
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      <AuditEntries label={t('title')} entries={entries} isFiltered={isFiltered} toolbar={toolbar} />
    </>
  )
}
