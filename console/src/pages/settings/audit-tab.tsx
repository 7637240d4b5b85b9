import { useTranslation } from 'react-i18next'
import { useList } from '../../api/hooks.ts'
import { useFilters } from '../../app/navigate.ts'
import { PermissionNote } from '../../app/permission-note.tsx'
import { type Organisation, useSession } from '../../app/session.tsx'
import { AuditEntries } from '../../ui/audit-entries.tsx'
import { Card } from '../../ui/card.tsx'
import { Filters, SearchField } from '../../ui/filters.tsx'

/** What members and the operator did in an organisation, newest first. */
export const AuditTab = ({ organisation }: { readonly organisation: Organisation }) => {
  const { t } = useTranslation('settings')
  const { may, impersonating } = useSession()
  const [{ actor, action, subject }, change] = useFilters(['actor', 'action', 'subject'])
  // Who looks through somebody's eyes sees it; of members, those who may change the organisation.
  const maySee = impersonating !== null || may('organisation')
  const entries = useList('/api/organisations/{id}/audit-log', {
    path: { id: organisation.id },
    query: { actor, action, subject, limit: 100 },
    keepPrevious: true,
    enabled: maySee,
  })
  const isFiltered = [actor, action, subject].some((value) => value !== '')
  return (
    <Card title={t('audit.title', { name: organisation.name })} description={t('audit.text')}>
      {maySee ? (
        <AuditEntries
          label={t('audit.title', { name: organisation.name })}
          entries={entries}
          isFiltered={isFiltered}
          toolbar={
            <Filters {...(isFiltered && { onClear: () => change({ actor: '', action: '', subject: '' }) })}>
              <SearchField label={t('audit.actor')} value={actor} onChange={(text) => change({ actor: text })} />
              <SearchField label={t('audit.action')} value={action} onChange={(text) => change({ action: text })} />
              <SearchField label={t('audit.subject')} value={subject} onChange={(text) => change({ subject: text })} />
            </Filters>
          }
        />
      ) : (
        <PermissionNote permission="organisation" />
      )}
    </Card>
  )
}
