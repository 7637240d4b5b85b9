import { type Fillings, fillPage } from './docs-fill.ts'
import type { Guide, Page } from './docs-guide.ts'
import { createKept, type Document, documentOf } from './docs-kept.ts'
import type { Endpoint } from './endpoint.ts'
import type { ExampleNames } from './pricing.ts'
import type { Call } from '../gateway/call.ts'

export interface DocsDeps {
  readonly guide: Guide
  /** Where clients reach this gateway; `null`: at whatever address they ask it. */
  readonly publicUrl: string | null
  /** Whether requests need a key here. */
  readonly keyNeeded: boolean
  /** Models for the examples. */
  readonly names: () => ExampleNames
  /** The prices as a page of Markdown; `undefined`: they are not for everybody. */
  readonly pricesPage: () => string | undefined
}

interface Written {
  readonly type: string
  readonly text: string
}

const MARKDOWN = 'text/markdown; charset=utf-8'
const TEXT = 'text/plain; charset=utf-8'
const JSON_TYPE = 'application/json'
/** Of pages and lists, each at the addresses by which it was asked for lately. */
const BYTES_MAX = 16 * 1024 * 1024
/** Stands where the address of this server is written once somebody asks: `.invalid` is nobody's (RFC 2606). */
const SOME_ORIGIN = 'https://this-server.invalid'
const SUMMARY =
  'Tollgate is an LLM gateway. Clients keep their OpenAI, Anthropic or Gemini SDK and change only the base URL and the ' +
  'key. Requests are metered and charged to a prepaid balance, and each has a receipt.'

/** The documentation for users as Markdown, its index for the pages that show it, and `/llms.txt`. */
export const createDocsEndpoint = (deps: DocsDeps): Endpoint => {
  const pages = new Map(deps.guide.flatMap((section) => section.pages).map((page) => [page.slug, page]))
  const kept = createKept(BYTES_MAX)
  /** What was written, for any address: as many as there are pages. */
  const written = new Map<string, Written>()
  let writtenFor = ''

  const write = (path: string, origin: string, keep: boolean): Written | undefined => {
    const fillings: Fillings = { ...deps.names(), base_url: origin }
    const fill = (text: string): string => (keep ? text : fillPage(text, fillings))
    switch (path) {
      case '/llms.txt':
        return { type: TEXT, text: llmsText(deps.guide, origin) }
      case '/llms-full.txt':
        return { type: TEXT, text: fill(llmsFullText(deps.guide)) }
      case '/docs/values.json':
        return { type: JSON_TYPE, text: JSON.stringify({ ...fillings, key_needed: deps.keyNeeded }) }
      case '/docs/contents.json':
        return { type: JSON_TYPE, text: JSON.stringify({ ...fillings, sections: deps.guide.map(contentsOf) }) }
      case '/docs/index.json':
        return { type: JSON_TYPE, text: JSON.stringify({ pages: deps.guide.flatMap(indexOf(fillings)) }) }
      case '/docs/pricing.md': {
        const text = deps.pricesPage()
        return text === undefined ? undefined : { type: MARKDOWN, text }
      }
      default: {
        const [, slug = '', ending] = /^\/docs\/(.+)\.(md|json)$/.exec(path) ?? []
        const page = pages.get(slug)
        if (ending === 'json') return page && { type: JSON_TYPE, text: JSON.stringify(pageOf(page)) }
        return page && { type: MARKDOWN, text: fill(page.markdown) }
      }
    }
  }

  /** Written once, however many addresses it is asked for at. */
  const writeFor = (path: string, origin: string, keep: boolean, names: string): Written | undefined => {
    // Prices change without anybody telling.
    if (path === '/docs/pricing.md') return write(path, origin, keep)
    if (names !== writtenFor) written.clear()
    writtenFor = names
    const key = JSON.stringify([path, keep])
    const found = written.get(key) ?? write(path, SOME_ORIGIN, keep)
    if (found) written.set(key, found)
    return found && { ...found, text: found.text.replaceAll(SOME_ORIGIN, () => origin) }
  }

  const find = (path: string, origin: string, keep: boolean): Document | undefined => {
    const names = JSON.stringify(deps.names())
    const key = JSON.stringify([path, origin, keep, names])
    const known = kept.find(key)
    if (known) return known
    const found = writeFor(path, origin, keep, names)
    if (!found) return undefined
    const document = documentOf(found.type, found.text)
    if (path !== '/docs/pricing.md') kept.keep(key, document)
    return document
  }

  return (call, path) => {
    const { method, url } = call.request
    if (!PATH.test(path) || (method !== 'GET' && method !== 'HEAD')) return undefined
    const origin = (deps.publicUrl ?? new URL(url).origin).replace(/\/+$/, '')
    if (deps.publicUrl === null && !HOST.test(new URL(url).host)) return undefined
    const document = find(path, origin, call.search.get('placeholders') === 'keep')
    return document && answer(call, document)
  }
}

/**
 * A name or an address, with a port. It is written into commands that people paste into a shell, and by the rules of URLs
 * `$(…)` could be the name of a host.
 */
const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/

const PATH = /^\/(?:llms(?:-full)?\.txt|docs\/(?:[a-z0-9-]+\/)?[a-z0-9-]+\.(?:md|json))$/

const answer = async (call: Call, { type, plain, gzipped, etag }: Document): Promise<Response> => {
  const { headers: asked, method } = call.request
  const headers = {
    'content-type': type,
    'cache-control': 'no-cache',
    etag,
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    'x-request-id': call.id,
  }
  if (asked.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  if (method === 'HEAD')
    return new Response(null, { headers: { ...headers, 'content-length': String(plain.byteLength) } })
  const compressed = /\bgzip\b/.test(asked.get('accept-encoding') ?? '') ? await gzipped() : undefined
  if (!compressed) return new Response(plain, { headers })
  return new Response(compressed, { headers: { ...headers, 'content-encoding': 'gzip' } })
}

/** A page for who fills it in, as the console does. */
const pageOf = ({ slug, title, description, headings, markdown }: Page) => ({
  slug,
  title,
  description,
  headings,
  markdown,
})

const contentsOf = ({ id, title, pages }: Guide[number]) => ({
  id,
  title,
  pages: pages.map(({ slug, title, description, headings }) => ({ slug, title, description, headings })),
})

/** Of each page what a search looks through. */
const indexOf =
  (fillings: Fillings) =>
  ({ title: section, pages }: Guide[number]) =>
    pages.map(({ slug, title, description, passages }) => ({
      ...{ slug, title, section, description },
      passages: passages.map((passage) => ({ ...passage, text: fillPage(passage.text, fillings) })),
    }))

/** A list of the pages for programs that read: https://llmstxt.org */
const llmsText = (guide: Guide, origin: string): string => {
  const line = ({ slug, title, description }: Page): string => `- [${title}](${origin}/docs/${slug}.md): ${description}`
  const lists = guide.map(({ title, pages }) => `## ${title}\n\n${pages.map(line).join('\n')}`)
  const prices = `## Prices\n\n- [Models and prices](${origin}/docs/pricing.md): every model that is served here, with what it costs`
  return `# Tollgate\n\n> ${SUMMARY}\n\nThe base URL is ${origin}/v1 for OpenAI clients and ${origin} for Anthropic and Gemini clients.\n\n${[...lists, prices].join('\n\n')}\n`
}

const llmsFullText = (guide: Guide): string =>
  `# Tollgate\n\n> ${SUMMARY}\n\n${guide
    .flatMap(({ pages }) => pages)
    .map(({ markdown }) => markdown.trim())
    .join('\n\n---\n\n')}\n`
