import { useApi } from '../../api/hooks.ts'

export interface Heading {
  readonly level: number
  readonly text: string
  readonly anchor: string
}

/** A page as the table of contents knows it. */
export interface PageEntry {
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly headings: readonly Heading[]
}

export interface SectionEntry {
  readonly id: string
  readonly title: string
  readonly pages: readonly PageEntry[]
}

/** What `/docs/contents.json` says: the pages in their order, and what examples are filled in with. */
export interface Contents extends Readonly<Record<string, unknown>> {
  readonly base_url: string
  readonly model: string
  readonly sections: readonly SectionEntry[]
}

export interface DocPage extends PageEntry {
  readonly markdown: string
}

export const useContents = () => useApi<Contents>('/docs/contents.json')

/** A page with its placeholders. The path is one of ours, whatever the address says. */
export const useDocPage = (slug: string) =>
  useApi<DocPage>(`/docs/${slug}.json`, { enabled: /^[a-z0-9-]+(?:\/[a-z0-9-]+)?$/.test(slug), keepPrevious: true })

/** The pages before and after one. */
export const neighboursOf = (
  contents: Contents,
  slug: string,
): { readonly before: PageEntry | undefined; readonly after: PageEntry | undefined } => {
  const pages = contents.sections.flatMap((section) => section.pages)
  const at = pages.findIndex((page) => page.slug === slug)
  return at === -1 ? { before: undefined, after: undefined } : { before: pages[at - 1], after: pages[at + 1] }
}

/** The values of the contents that are texts: what placeholders stand for. */
export const valuesOf = (contents: Contents | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(contents ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
