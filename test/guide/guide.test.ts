import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERRORS } from '../../src/errors.ts'
import { PLACEHOLDERS } from '../../src/http/docs-fill.ts'
import { pageOf } from '../../src/http/docs-guide.ts'
import { PROTOCOLS } from '../../src/protocols/index.ts'
import { CLIENTS as SET_UP } from '../../src/setup/clients.ts'
import { commandsOf } from '../../src/setup/instructions.ts'
import { linksOf, ownPages, pages, snippetsOf, sourceTextOf } from './pages.ts'

const ROOT = join(import.meta.dir, '..', '..')

/** Pages of the console that the guide leads to, and what else this server has. */
const PLACES = [
  '/console',
  '/console/keys',
  '/console/usage',
  '/console/logs',
  '/console/billing',
  '/console/playground',
  '/docs/api',
  '/docs/pricing',
  '/models',
  '/status',
]

const LANGUAGES = ['sh', 'powershell', 'python', 'js', 'json', 'toml', 'yaml', 'ini', 'text']

const CLIENTS = [
  ...['claude-code', 'claude-desktop', 'codex', 'cursor', 'cline', 'roo-code', 'kilo-code', 'continue', 'opencode'],
  ...['gemini-cli', 'qwen-code', 'zed', 'aider', 'cherry-studio', 'lobechat', 'librechat'],
]

const SDKS = [
  'openai-python',
  'openai-js',
  'anthropic-python',
  'anthropic-js',
  'google-genai',
  'vercel-ai-sdk',
  'langchain',
]

/** What is wrong with a link of a page, in words; nothing where it leads somewhere. */
const faultOf = (slug: string, target: string): readonly string[] => {
  const where = `${slug}: ${target}`
  if (/^https?:/.test(target)) return []
  const [path = '', anchor] = target.split('#')
  if (path !== '' && PLACES.includes(path)) return []
  const found = path === '' ? slug : /^\/docs\/(.+)\.md$/.exec(path)?.[1]
  const page = pages.find((each) => each.slug === found)
  if (!page) return [`${where} leads nowhere`]
  if (anchor === undefined || page.headings.some((heading) => heading.anchor === anchor)) return []
  return [`${where} names no heading there`]
}

test('every page under guide/ is in the table of contents, once', () => {
  const written = readdirSync(join(ROOT, 'guide'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.replace(/\.md$/, ''))
  expect(ownPages.map(({ slug }) => slug).toSorted()).toEqual(written.toSorted())
  expect(new Set(pages.map(({ slug }) => slug)).size).toBe(pages.length)
})

test('every page has a title, and an opening that says what it is about', () => {
  for (const { slug, title, description } of pages) {
    expect([slug, title.length > 2, title.length < 60]).toEqual([slug, true, true])
    expect([slug, /^[^#*|<]{20,}/.test(description)]).toEqual([slug, true])
  }
})

test('every client and every SDK has a page, with a way to test it', () => {
  const slugs = ownPages.map(({ slug }) => slug)
  expect(slugs).toEqual(expect.arrayContaining(CLIENTS.map((name) => `clients/${name}`)))
  expect(slugs).toEqual(expect.arrayContaining(SDKS.map((name) => `sdks/${name}`)))
  for (const { slug, headings, markdown } of ownPages.filter((page) => page.slug.startsWith('clients/'))) {
    expect([slug, headings.some(({ text }) => text === 'Test')]).toEqual([slug, true])
    expect([slug, markdown.includes('{{base_url}}'), markdown.includes('/console/logs')]).toEqual([slug, true, true])
  }
  const table = pages.find(({ slug }) => slug === 'clients')?.markdown ?? ''
  for (const name of CLIENTS) expect(table).toContain(`/docs/clients/${name}.md`)
})

test('every client that can be set up has a page, which begins with the commands that do it', () => {
  expect(SET_UP.map(({ id }) => id).toSorted()).toEqual(CLIENTS.toSorted())
  for (const id of CLIENTS) {
    const { unix, windows } = commandsOf('{{base_url}}', id)
    const [first, second] = snippetsOf({ slug: id, markdown: sourceTextOf(`clients/${id}`) })
    expect([id, first?.text.trim(), second?.text.trim()]).toEqual([id, unix, windows])
  }
})

test('every link leads to a page, a heading or a place that is there', () => {
  const links = pages.flatMap(({ slug, markdown }) => linksOf(markdown).map(({ target }) => ({ slug, target })))
  expect(links.flatMap(({ slug, target }) => faultOf(slug, target))).toEqual([])
  expect(links.length).toBeGreaterThan(200)
})

test('a link that would lead out of the guide is left out of it, its text stays', () => {
  const slugs = new Set(['reference/a', 'b'])
  const { markdown } = pageOf(
    'reference/a',
    '# A\n\nSee [the code](../src/app.ts) and [b](../guide/b.md#there).',
    slugs,
  )
  expect(markdown).toBe('# A\n\nSee the code and [b](/docs/b.md#there).')
  expect(faultOf('quick-start', '/docs/nowhere.md')).toHaveLength(1)
  expect(faultOf('quick-start', '/docs/errors.md#nowhere')).toHaveLength(1)
})

test('a link of a page of our own never loses its way', () => {
  for (const { slug } of ownPages) {
    const source = linksOf(sourceTextOf(slug)).length
    const served = linksOf(pages.find((page) => page.slug === slug)?.markdown ?? '').length
    expect([slug, served]).toEqual([slug, source])
  }
})

test('no page names the address of a gateway on its writer’s machine, but for a proxy in front of one', () => {
  const named = pages.flatMap(({ slug, markdown }) =>
    [...markdown.matchAll(/^.*http:\/\/(?:127\.0\.0\.1|localhost):8000.*$/gm)].map(
      ([line]) => `${slug}: ${line.trim()}`,
    ),
  )
  expect(named.filter((line) => !/proxy_pass|It listens on/.test(line))).toEqual([])
  const { markdown } = pageOf(
    'reference/a',
    '# A\n\n`http://localhost:8000` and `http://127.0.0.1:8000/metrics`.',
    new Set(),
  )
  expect(markdown).toContain('`{{base_url}}` and `{{base_url}}/metrics`')
})

test('all placeholders are known', () => {
  const used = pages.flatMap(({ slug, markdown }) =>
    [...markdown.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(({ 0: whole, 1: name = '' }) => ({ slug, whole, name })),
  )
  const known: readonly string[] = PLACEHOLDERS
  expect(used.filter(({ whole, name }) => !known.includes(name) || whole !== `{{${name}}}`)).toEqual([])
  for (const name of PLACEHOLDERS) expect(used.map((use) => use.name)).toContain(name)
})

test('pages of our own name no address, no key and no model in place of a placeholder', () => {
  const text = ownPages
    .filter(({ slug }) => slug !== 'self-hosting')
    .map(({ markdown }) => markdown)
    .join('\n')
  expect(text.match(/https?:\/\/(?:localhost|127\.0\.0\.1)[:\d]*\/\S*/g)).toBeNull()
  expect(text.match(/\bsk-(?!tg-)[\w-]+/g)).toBeNull()
})

test('snippets say their language, and are of one that is looked at', () => {
  const snippets = ownPages.flatMap(snippetsOf)
  expect(snippets.filter(({ language }) => !LANGUAGES.includes(language)).map(({ where }) => where)).toEqual([])
  expect(snippets.length).toBeGreaterThan(100)
})

test('every error the guide tells of is one that there is, with its status', () => {
  const codes = new Map<string, Set<number>>()
  for (const { status, code } of Object.values(ERRORS)) codes.set(code, (codes.get(code) ?? new Set()).add(status))
  const text = sourceTextOf('errors')
  const rows = [...text.matchAll(/^\| (\d{3}) \| ((?:`[a-z_]+`(?:, )?)+) \|/gm)]
  expect(rows.length).toBeGreaterThan(12)
  for (const [, status = '', cell = ''] of rows)
    for (const [, code = ''] of cell.matchAll(/`([a-z_]+)`/g))
      expect([code, [...(codes.get(code) ?? [])].includes(Number(status))]).toEqual([code, true])
  const told = ownPages.flatMap(({ markdown }) => [...markdown.matchAll(/\b[1-5]\d\d `([a-z_]+)`/g)])
  expect(told.filter(([, code = '']) => !codes.has(code)).map(([whole]) => whole)).toEqual([])
  expect(told.length).toBeGreaterThan(5)
})

test('every wire format that people converse in has a page that says its path', () => {
  const table = readFileSync(join(ROOT, 'docs/wire-formats.md'), 'utf8')
  for (const format of Object.keys(PROTOCOLS)) expect(table).toContain(`\`${format}\``)
  for (const [slug, path] of [
    ['chat', '/v1/chat/completions'],
    ['responses', '/v1/responses'],
    ['messages', '/v1/messages'],
    ['gemini', ':generateContent'],
    ['embeddings', '/v1/embeddings'],
    ['completions', '/v1/completions'],
  ])
    expect(sourceTextOf(`formats/${slug}`)).toContain(path ?? '')
})
