import { Menu as MenuIcon } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParam } from '../../app/navigate.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Drawer } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageSkeleton } from '../../ui/skeleton.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { type Contents, useContents } from './contents.ts'
import { PageView } from './page-view.tsx'
import { SearchBox } from './search-box.tsx'
import { OnThisPage, Sidebar } from './sidebar.tsx'

/** The documentation: its overview at `/docs`, a page of it below. */
export default function DocsPage() {
  const slug = useParam('_splat').replace(/\/$/, '')
  const { data, error, refetch } = useContents()
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <PageSkeleton />
  return <Layout contents={data} slug={slug} />
}

const Layout = ({ contents, slug }: { readonly contents: Contents; readonly slug: string }) => {
  const headings = contents.sections.flatMap(({ pages }) => pages).find((page) => page.slug === slug)?.headings ?? []
  return (
    <div className="gap-8 lg:grid lg:grid-cols-[14rem_minmax(0,1fr)] xl:grid-cols-[14rem_minmax(0,1fr)_12rem]">
      <div className="sticky top-0 hidden max-h-dvh self-start overflow-y-auto py-2 pr-1 lg:block print:hidden">
        <Sidebar contents={contents} slug={slug} />
      </div>
      <div className="min-w-0">
        <div className="mb-5 flex items-end gap-2 print:hidden">
          <div className="min-w-0 flex-1 lg:max-w-xl">
            <SearchBox key={slug} />
          </div>
          <ContentsButton key={slug} contents={contents} slug={slug} />
        </div>
        {slug === '' ? <Overview contents={contents} /> : <PageView contents={contents} slug={slug} />}
      </div>
      <div className="sticky top-0 hidden max-h-dvh self-start overflow-y-auto py-2 xl:block print:hidden">
        <OnThisPage headings={headings} />
      </div>
    </div>
  )
}

/** The contents on a narrow screen. Whoever has gone to another page from them has another one of these, closed. */
const ContentsButton = ({ contents, slug }: { readonly contents: Contents; readonly slug: string }) => {
  const { t } = useTranslation('docs')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button icon={MenuIcon} onClick={() => setOpen(true)} className="mt-6 self-start lg:hidden">
        {t('contents')}
      </Button>
      <Drawer isOpen={isOpen} onClose={() => setOpen(false)} title={t('contents')} side="left">
        <Sidebar contents={contents} slug={slug} />
      </Drawer>
    </>
  )
}

const Overview = ({ contents }: { readonly contents: Contents }) => {
  const { t, i18n } = useTranslation('docs')
  return (
    <>
      <PageHeader title={t('title')} description={t('text')} />
      {!i18n.language.startsWith('en') && <p className="mb-4 text-sm text-muted">{t('englishOnly')}</p>}
      <div className="grid gap-4 md:grid-cols-2">
        {contents.sections.map(({ id, title, pages }) => (
          <Card key={id} title={t(`sections.${id}`, title)}>
            <ul className="flex flex-col gap-2" lang="en">
              {pages.map(({ slug, title: name, description }) => (
                <li key={slug}>
                  <TextLink to={`/docs/${slug}`}>{name}</TextLink>
                  <p className="line-clamp-2 text-sm text-muted">{description}</p>
                </li>
              ))}
            </ul>
          </Card>
        ))}
      </div>
    </>
  )
}
