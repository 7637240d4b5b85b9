import { useTranslation } from 'react-i18next'
import { PageHeader } from '../ui/page-header.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { MAIN_ID } from './focus.ts'

/** An address that no page has. */
export const NotFound = () => {
  const { t } = useTranslation()
  return (
    <main className="mx-auto max-w-xl p-6 py-16" id={MAIN_ID} tabIndex={-1}>
      <PageHeader title={t('notFound.title')} description={t('notFound.text')} />
      <TextLink to="/">{t('notFound.home')}</TextLink>
    </main>
  )
}
