import { useTranslation } from 'react-i18next'
import { MAIN_ID } from '../focus.ts'

/** The first thing the tab key finds: past the navigation, to the content. */
export const SkipLink = () => {
  const { t } = useTranslation()
  return (
    <a
      href={`#${MAIN_ID}`}
      className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent focus:px-4 focus:py-3 focus:text-on-accent"
    >
      {t('skip')}
    </a>
  )
}
