import { useTranslation } from 'react-i18next'
import { useFilters } from '../../../app/navigate.ts'
import { PageHeader } from '../../../ui/page-header.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { Events } from './events.tsx'
import { Rules } from './rules.tsx'

/** What administrators want to be told of, and what was found. */
export default function AlertsPage() {
  const { t } = useTranslation('admin-alerts')
  const [{ tab }, change] = useFilters(['tab'])
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      <Tabs
        label={t('title')}
        value={tab === 'rules' ? 'rules' : 'events'}
        onChange={(next) => change({ tab: next })}
        tabs={[
          { value: 'events', label: t('events.title'), content: <Events onRules={() => change({ tab: 'rules' })} /> },
          { value: 'rules', label: t('rules.title'), content: <Rules /> },
        ]}
      />
    </>
  )
}
