import { useTranslation } from 'react-i18next'
import { useFilters } from '../../app/navigate.ts'
import { useSession } from '../../app/session.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { AuditTab } from './audit-tab.tsx'
import { OrganisationTab } from './organisation-tab.tsx'
import { PersonTab } from './person-tab.tsx'
import { Preferences } from './preferences.tsx'

/** Who somebody is here and how they sign in, how the console looks to them, and who else acts for their organisation. */
export default function SettingsPage() {
  const { t } = useTranslation('settings')
  const { person, organisation, impersonating } = useSession()
  const [filters, change] = useFilters(['tab', 'actor', 'action', 'subject'])
  // Who entered the admin key alone has an organisation to ask models with, and nobody else in it.
  const hasMembers = person !== null || impersonating !== null
  const tabs = [
    { value: 'person', label: t('tab.person'), content: <PersonTab /> },
    { value: 'preferences', label: t('tab.preferences'), content: <Preferences /> },
    ...(hasMembers ? [{ value: 'organisation', label: t('tab.organisation'), content: <OrganisationTab /> }] : []),
    ...(hasMembers && organisation
      ? [{ value: 'audit', label: t('tab.audit'), content: <AuditTab organisation={organisation} /> }]
      : []),
  ]
  return (
    <>
      <PageHeader title={t('title')} />
      <Tabs
        label={t('title')}
        value={tabs.some(({ value }) => value === filters.tab) ? filters.tab : 'person'}
        onChange={(tab) => change({ tab: tab === 'person' ? '' : tab, actor: '', action: '', subject: '' })}
        tabs={tabs}
      />
    </>
  )
}
