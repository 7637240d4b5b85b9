import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, join, normalize } from 'node:path/posix'
import { type Heading, headingsOf, openingOf, type PassageOfPage, passagesOf, relinked } from './docs-markdown.ts'

/** A page of the documentation for users. */
export interface Page {
  /** Where it is, below `/docs/`: `clients/claude-code`. */
  readonly slug: string
  /** Its first heading. */
  readonly title: string
  /** Its first paragraph. */
  readonly description: string
  readonly headings: readonly Heading[]
  readonly passages: readonly PassageOfPage[]
  /** As it is served, placeholders and all; links lead to where pages are served. */
  readonly markdown: string
}

export interface Section {
  readonly id: string
  readonly title: string
  readonly pages: readonly Page[]
}

/** The documentation for users, in the order in which it is read. */
export type Guide = readonly Section[]

interface Contents {
  readonly sections: readonly { readonly id: string; readonly title: string; readonly pages: readonly string[] }[]
}

/** Pages of the repository's own documentation that users need whole are served below this. */
const REFERENCE = 'reference/'

/** The root of the installation: what is read stands beside the code. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Reads the documentation: `guide/contents.json` says which pages there are. Throws when one of them is not there. */
export const readGuide = (root = ROOT): Guide => {
  const { sections } = JSON.parse(readFileSync(join(root, 'guide/contents.json'), 'utf8')) as Contents
  const slugs = new Set(sections.flatMap(({ pages }) => pages))
  return sections.map(({ id, title, pages }) => ({
    id,
    title,
    pages: pages.map((slug) => pageOf(slug, readFileSync(join(root, sourceOf(slug)), 'utf8'), slugs)),
  }))
}

/** The file that a page is made from, from the root of the project. */
export const sourceOf = (slug: string): string =>
  slug.startsWith(REFERENCE) ? `docs/${slug.slice(REFERENCE.length)}.md` : `guide/${slug}.md`

const slugOf = (source: string): string | undefined => {
  const [, folder, name] = /^(guide|docs)\/(.+)\.md$/.exec(source) ?? []
  if (name === undefined) return undefined
  return folder === 'docs' ? REFERENCE + name : name
}

/** Makes a page from its source. Exported for tests. */
export const pageOf = (slug: string, source: string, slugs: ReadonlySet<string>): Page => {
  const withoutNotes = source.replace(/^<!--[\s\S]*?-->\n?/gm, '').replace(/\n{3,}/g, '\n\n')
  const own = slug.startsWith(REFERENCE) ? addressed(withoutNotes) : withoutNotes
  const markdown = relinked(own, (target) => leadsTo(slug, target, slugs))
  const headings = headingsOf(markdown)
  return {
    slug,
    title: headings[0]?.text ?? slug,
    description: openingOf(markdown),
    headings: headings.slice(1),
    passages: passagesOf(markdown),
    markdown,
  }
}

/**
 * Examples for operators are of a gateway on their own machine; a reader asks the one that serves the page. Where a
 * proxy passes requests on to, and a host and a port without a scheme, is what is listened on: that stays.
 */
const addressed = (markdown: string): string =>
  markdown.replace(/(?<!proxy_pass )http:\/\/(?:127\.0\.0\.1|localhost):8000\b/g, '{{base_url}}')

/** Where a link of a page leads once it is served; `undefined`: nowhere, for what it names is not served. */
const leadsTo = (slug: string, target: string, slugs: ReadonlySet<string>): string | undefined => {
  if (/^(?:[a-z]+:|#|\/)/.test(target)) return target
  const [file = '', anchor] = target.split('#')
  const found = slugOf(normalize(join(dirname(sourceOf(slug)), file)))
  if (found === undefined || !slugs.has(found)) return undefined
  return `/docs/${found}.md${anchor === undefined ? '' : `#${anchor}`}`
}
