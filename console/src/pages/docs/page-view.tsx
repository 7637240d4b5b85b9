import { ArrowLeft, ArrowRight, FileText, Printer } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFreshKey } from '../../app/fresh-key.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageSkeleton } from '../../ui/skeleton.tsx'
import { asApiError } from '../../api/error.ts'
import { type Contents, type DocPage, neighboursOf, useDocPage, valuesOf } from './contents.ts'
import { fillPage } from './fill.ts'
import { Markdown } from './markdown.tsx'
import { OnThisPage } from './sidebar.tsx'
import { ValuesPanel } from './values.tsx'

/** A page of the guide, filled in for its reader. */
export const PageView = ({ contents, slug }: { readonly contents: Contents; readonly slug: string }) => {
  const { t } = useTranslation('docs')
  const { data, error, refetch, isPlaceholderData } = useDocPage(slug)
  const isKnown = contents.sections.some(({ pages }) => pages.some((page) => page.slug === slug))
  if (!isKnown || (error && asApiError(error).status === 404))
    return (
      <>
        <PageHeader title={t('noPage.title')} />
        <EmptyState title={t('noPage.title')} text={t('noPage.text')} />
      </>
    )
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data || isPlaceholderData) return <PageSkeleton />
  return <Filled key={slug} contents={contents} page={data} />
}

const Filled = ({ contents, page }: { readonly contents: Contents; readonly page: DocPage }) => {
  const { t, i18n } = useTranslation('docs')
  const [model, setModel] = useModel(contents.model)
  const key = useFreshKey()
  const text = useMemo(
    () =>
      fillPage(page.markdown, {
        ...valuesOf(contents),
        model,
        ...(key === '' ? {} : { api_key: key }),
      }),
    [page, contents, model, key],
  )
  useHash()
  return (
    <article lang="en" className="min-w-0">
      <PageHeader
        title={page.title}
        actions={
          <span className="flex gap-2 print:hidden" lang={i18n.language}>
            <a
              className="touch inline-flex min-h-9 items-center gap-2 rounded-md border border-edge bg-surface px-3 hover:bg-raised"
              href={`/docs/${page.slug}.md`}
            >
              <FileText aria-hidden className="size-4" />
              Markdown
            </a>
            <Button icon={Printer} onClick={() => window.print()}>
              {t('print')}
            </Button>
          </span>
        }
      />
      <div className="flex flex-col gap-5" lang={i18n.language}>
        {!i18n.language.startsWith('en') && <p className="text-sm text-muted">{t('englishOnly')}</p>}
        {/\{\{/.test(page.markdown) && <ValuesPanel baseUrl={contents.base_url} model={model} onModel={setModel} />}
        {page.headings.length > 1 && (
          <details className="rounded-lg border border-line bg-surface px-4 py-2 xl:hidden print:hidden">
            <summary className="touch py-1 font-medium">{t('onThisPage')}</summary>
            <OnThisPage headings={page.headings} />
          </details>
        )}
        <div lang="en">
          <Markdown text={text} headings={page.headings} />
        </div>
        <Neighbours contents={contents} slug={page.slug} />
      </div>
    </article>
  )
}

const Neighbours = ({ contents, slug }: { readonly contents: Contents; readonly slug: string }) => {
  const { t } = useTranslation('docs')
  const { before, after } = neighboursOf(contents, slug)
  return (
    <nav
      aria-label={t('neighbours')}
      className="mt-4 flex flex-wrap justify-between gap-3 border-t border-line pt-4 print:hidden"
    >
      {before && (
        <ButtonLink to={`/docs/${before.slug}`} icon={ArrowLeft}>
          {before.title}
        </ButtonLink>
      )}
      {after && (
        <ButtonLink to={`/docs/${after.slug}`} icon={ArrowRight} className="ml-auto flex-row-reverse">
          {after.title}
        </ButtonLink>
      )}
    </nav>
  )
}

const STORED = 'tollgate.docs.model'

/** The model that the reader wants in examples, remembered; the gateway's own where none was chosen. */
const useModel = (fallback: string): readonly [string, (model: string) => void] => {
  const [chosen, setChosen] = useState(() => localStorage.getItem(STORED) ?? '')
  const choose = (model: string): void => {
    localStorage.setItem(STORED, model)
    setChosen(model)
  }
  return [chosen === '' ? fallback : chosen, choose]
}

/** Goes to the heading that the address names once the page is there: the browser looked for it too early. */
const useHash = (): void => {
  useEffect(() => {
    const anchor = decodeURIComponent(location.hash.slice(1))
    if (anchor !== '') document.getElementById(anchor)?.scrollIntoView()
  }, [])
}
