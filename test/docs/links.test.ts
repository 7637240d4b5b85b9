import { expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { anchorsOf, type Document, documentOf, documents, readDocument } from './documents.ts'

const ROOT = join(import.meta.dir, '..', '..')

interface Link {
  readonly text: string
  readonly target: string
}

const linksIn = ({ prose }: Document): readonly Link[] =>
  [...prose.matchAll(/\[((?:[^\]`]|`[^`]*`)*)\]\(([^)\s]+)\)/g)].map(({ 1: text = '', 2: target = '' }) => ({
    text,
    target,
  }))

/** What is wrong with the relative links of a document, in words. */
const faultsOf = (document: Document): readonly string[] =>
  linksIn(document).flatMap(({ text, target }) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file = '', anchor] = target.split('#')
    const path = file === '' ? document.path : normalize(join(dirname(document.path), file))
    const where = `${document.path}: [${text}](${target})`
    if (!existsSync(join(ROOT, path))) return [`${where} leads nowhere`]
    if (anchor !== undefined && !anchorsOf(readDocument(path)).has(anchor)) return [`${where} names no heading there`]
    const [, name] = /^`([A-Za-z_$][\w$]*)`$/.exec(text) ?? []
    if (name === undefined || !statSync(join(ROOT, path)).isFile() || !path.endsWith('.ts')) return []
    return new RegExp(`\\b${name}\\b`).test(readFileSync(join(ROOT, path), 'utf8'))
      ? []
      : [`${where}: there is no ${name} there`]
  })

test('every relative link leads to a file, a heading or a name that is there', () => {
  expect(documents.flatMap(faultsOf)).toEqual([])
  expect(documents.flatMap(linksIn).length).toBeGreaterThan(100)
})

test('planted links that lead nowhere are found', () => {
  const text = [
    '[a](docs/nowhere.md)',
    '[b](docs/billing.md#nowhere)',
    '[`createNothing`](src/gateway/handle.ts)',
    '[fine](docs/billing.md#receipts) [`createHandle`](src/gateway/handle.ts)',
    '```sh\n[in a block](nowhere)\n```',
  ].join('\n')
  expect(faultsOf(documentOf('README.md', text))).toHaveLength(3)
})

test('every page of the documents is reached from the README or from a page that is', () => {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    const document = documents.find((each) => each.path === path)
    for (const { target } of document ? linksIn(document) : []) {
      const [file = ''] = target.split('#')
      if (file !== '' && !/^[a-z]+:/.test(file)) visit(normalize(join(dirname(path), file)))
    }
  }
  visit('README.md')
  expect(documents.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([])
})

test('AGENTS.md stays within 150 lines', () => {
  expect(readDocument('AGENTS.md').text.split('\n').length).toBeLessThanOrEqual(151)
})
