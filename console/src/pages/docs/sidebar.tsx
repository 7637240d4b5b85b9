import { useTranslation } from 'react-i18next'
import { cx } from '../../ui/cx.ts'
import { TextLink } from '../../ui/text-link.tsx'
import type { Contents, Heading } from './contents.ts'

/** All pages, by section; the one that is shown is marked. */
export const Sidebar = ({ contents, slug }: { readonly contents: Contents; readonly slug: string }) => {
  const { t } = useTranslation('docs')
  return (
    <nav aria-label={t('contents')} className="flex flex-col gap-4">
      {contents.sections.map(({ id, title, pages }) => (
        <div key={id}>
          <p className="mb-1 text-sm font-semibold">{t(`sections.${id}`, title)}</p>
          <ul>
            {pages.map((page) => (
              <li key={page.slug}>
                <TextLink
                  to={`/docs/${page.slug}`}
                  className={cx(
                    'touch block rounded px-2 py-0.5 text-text! no-underline! hover:bg-raised',
                    page.slug === slug && 'bg-accent-soft font-medium text-accent!',
                  )}
                >
                  {page.title}
                </TextLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <div>
        <p className="mb-1 text-sm font-semibold">{t('sections.more')}</p>
        <ul className="flex flex-col gap-1 px-2">
          <li>
            <TextLink to="/docs/pricing">{t('prices')}</TextLink>
          </li>
          <li>
            <a className="link" href="/docs/api">
              {t('api')}
            </a>
          </li>
          <li>
            <a className="link" href="/llms.txt">
              llms.txt
            </a>
          </li>
        </ul>
      </div>
    </nav>
  )
}

/** The headings of the page that is shown. */
export const OnThisPage = ({ headings }: { readonly headings: readonly Heading[] }) => {
  const { t } = useTranslation('docs')
  const shown = headings.filter(({ level }) => level <= 3)
  if (shown.length < 2) return null
  return (
    <nav aria-label={t('onThisPage')} className="text-sm">
      <p className="mb-1 hidden font-semibold xl:block">{t('onThisPage')}</p>
      <ul className="flex flex-col gap-1">
        {shown.map(({ anchor, text, level }) => (
          <li key={anchor} className={level > 2 ? 'pl-3' : undefined}>
            <a href={`#${anchor}`} className="text-muted hover:text-text hover:underline">
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
