import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../../ui/error-state.tsx'
import { SearchField } from '../../ui/filters.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { type Hit, loadSearch } from './search.ts'

/** Looks through all pages. Everything is on the reader's machine: nothing that is typed is sent. */
export const SearchBox = () => {
  const { t } = useTranslation('docs')
  const [text, setText] = useState('')
  const { hits, error } = useHits(text)
  return (
    <search className="flex flex-col gap-2">
      <SearchField label={t('search')} value={text} onChange={setText} />
      <span role="status" className="sr-only">
        {hits && t('found', { count: hits.length })}
      </span>
      <ErrorNote error={error} />
      {hits && <Hits hits={hits} />}
    </search>
  )
}

const useHits = (text: string): { readonly hits: readonly Hit[] | undefined; readonly error: unknown } => {
  const [found, setFound] = useState<{ hits: readonly Hit[] | undefined; error: unknown }>(NOTHING)
  useEffect(() => {
    let isCurrent = true
    if (text.trim() === '') setFound(NOTHING)
    else
      loadSearch().then(
        (search) => isCurrent && setFound({ hits: search(text), error: undefined }),
        (error: unknown) => isCurrent && setFound({ hits: undefined, error }),
      )
    return () => {
      isCurrent = false
    }
  }, [text])
  return found
}

const NOTHING = { hits: undefined, error: undefined }

const Hits = ({ hits }: { readonly hits: readonly Hit[] }) => {
  const { t } = useTranslation('docs')
  if (hits.length === 0) return <p className="text-sm text-muted">{t('nothingFound')}</p>
  return (
    <ol className="flex max-h-96 flex-col overflow-y-auto rounded-lg border border-line bg-surface">
      {hits.map(({ id, slug, title, heading, anchor, excerpt }) => (
        <li key={id} className="border-b border-line px-3 py-2 last:border-b-0">
          <TextLink to={`/docs/${slug}`} hash={heading === title ? undefined : anchor}>
            {heading === title ? title : `${title}: ${heading}`}
          </TextLink>
          <p className="text-sm break-words text-muted">{excerpt}</p>
        </li>
      ))}
    </ol>
  )
}
