import type MiniSearch from 'minisearch'
import type { SearchResult } from 'minisearch'
import { call } from '../../api/client.ts'

/** A passage of a page that fits what was looked for. */
export interface Hit {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly heading: string
  readonly anchor: string
  /** The words around the first that fits. */
  readonly excerpt: string
}

export interface IndexedPage {
  readonly slug: string
  readonly title: string
  readonly passages: readonly { readonly anchor: string; readonly heading: string; readonly text: string }[]
}

export type Search = (text: string) => readonly Hit[]

const HITS_MAX = 20
let loading: Promise<Search> | undefined

/** Loads the index and the code that searches it: once, and not before somebody looks for something. */
export const loadSearch = (): Promise<Search> => {
  loading ??= load().catch((failure: unknown) => {
    loading = undefined
    throw failure
  })
  return loading
}

const load = async (): Promise<Search> => {
  const [{ default: Index }, { pages }] = await Promise.all([
    import('minisearch'),
    call<{ readonly pages: readonly IndexedPage[] }>('get', '/docs/index.json'),
  ])
  return searchOf(Index, pages)
}

/** Finds in pages: first those of the title, then headings, then what is said below them. */
export const searchOf = (Index: typeof MiniSearch, pages: readonly IndexedPage[]): Search => {
  const passages = pages.flatMap(({ slug, title, passages: parts }) =>
    parts.map((part) => ({ ...part, id: `${slug}#${part.anchor}`, slug, title })),
  )
  const byId = new Map(passages.map((passage) => [passage.id, passage]))
  const index = new Index({
    fields: ['title', 'heading', 'text'],
    searchOptions: { prefix: true, fuzzy: 0.15, combineWith: 'AND', boost: { title: 4, heading: 3 } },
  })
  index.addAll(passages)
  return (text) =>
    index
      .search(text)
      .flatMap((result) => {
        const passage = byId.get(String(result.id))
        const rank = passage && rankOf(result, passage.heading === passage.title)
        if (!passage || rank === undefined) return []
        return [{ rank, hit: { ...passage, excerpt: excerptOf(passage.text, result.terms) } }]
      })
      // Of one rank, what fits best stays first.
      .sort((one, other) => one.rank - other.rank)
      .slice(0, HITS_MAX)
      .map(({ hit }) => hit)
}

/**
 * Where every word stands: 0 in the title, which the beginning of a page alone is found by; 1 in a heading, 2 in what is said
 * below it. A word that is only like one that was looked for counts as said.
 */
const rankOf = (
  { match, queryTerms }: Pick<SearchResult, 'match' | 'queryTerms'>,
  isBeginning: boolean,
): number | undefined => {
  const isIn = (field: string): boolean =>
    queryTerms.every((asked) =>
      Object.entries(match).some(([term, places]) => term.startsWith(asked) && places.includes(field)),
    )
  if (isBeginning && isIn('title')) return 0
  if (isIn('heading')) return 1
  if (isBeginning) return 2
  return Object.values(match)
    .flat()
    .some((place) => place !== 'title')
    ? 2
    : undefined
}

const AROUND = 90

/** Some words around the first of the terms that a text has. */
export const excerptOf = (text: string, terms: readonly string[]): string => {
  const lower = text.toLowerCase()
  const places = terms.map((term) => lower.indexOf(term.toLowerCase())).filter((at) => at >= 0)
  const at = places.length === 0 ? 0 : Math.min(...places)
  const start = Math.max(0, at - AROUND)
  const from = start === 0 ? 0 : text.indexOf(' ', start) + 1
  const end = Math.min(text.length, at + AROUND)
  const to = end === text.length ? end : text.lastIndexOf(' ', end)
  return `${from > 0 ? '… ' : ''}${text.slice(from, Math.max(to, from))}${to < text.length ? ' …' : ''}`
}
