import { useTranslation } from 'react-i18next'
import { useFilters } from '../../../app/navigate.ts'
import { PageHeader } from '../../../ui/page-header.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { NamesTab } from './names-tab.tsx'
import { PricesTab } from './prices-tab.tsx'

/** Models: what they cost, what else they are called, and which are gone. */
export default function ModelsAdminPage() {
  const { t } = useTranslation('admin-models')
  const [filters, change] = useFilters(['tab'])
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      <Tabs
        label={t('title')}
        value={filters.tab || 'prices'}
        onChange={(tab) => change({ tab: tab === 'prices' ? '' : tab })}
        tabs={[
          { value: 'prices', label: t('tab.prices'), content: <PricesTab /> },
          { value: 'aliases', label: t('tab.aliases'), content: <NamesTab kind="aliases" /> },
          { value: 'retired', label: t('tab.retired'), content: <NamesTab kind="retired" /> },
        ]}
      />
    </>
  )
}
