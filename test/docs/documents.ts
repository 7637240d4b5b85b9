import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '..', '..')

/** A fenced block: the word after its fence, its text, and the line it begins on. */
export interface Fence {
  readonly language: string
  readonly text: string
  readonly line: number
}

export interface Document {
  /** From the root of the project. */
  readonly path: string
  readonly text: string
  readonly fences: readonly Fence[]
  /** The text without its fenced blocks, with as many lines. */
  readonly prose: string
}

const FENCE = /^```(\S*)[^\n]*\n([\s\S]*?)^```[ \t]*$/gm

export const readDocument = (path: string): Document => documentOf(path, readFileSync(join(ROOT, path), 'utf8'))

export const documentOf = (path: string, text: string): Document => {
  const lineAt = (index: number): number => text.slice(0, index).split('\n').length
  const fences = [...text.matchAll(FENCE)].map(
    ({ 1: language = '', 2: inside = '', index }): Fence => ({ language, text: inside, line: lineAt(index) }),
  )
  return { path, text, fences, prose: text.replace(FENCE, (block) => block.replace(/[^\n]/g, '')) }
}

/** README.md, AGENTS.md and everything under docs/. */
export const documents: readonly Document[] = [
  'README.md',
  'AGENTS.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join('docs', name)),
].map(readDocument)

/** The anchors that a page of Markdown gets from its headings, as GitHub makes them. */
export const anchorsOf = ({ prose }: Document): ReadonlySet<string> => {
  const taken = new Map<string, number>()
  const anchors = [...prose.matchAll(/^#{1,6}\s+(.+?)\s*$/gm)].map(({ 1: heading = '' }) => {
    const anchor = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const before = taken.get(anchor) ?? 0
    taken.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
  return new Set(anchors)
}

/** The cells of the tables in a text, row by row, without heads and rules. */
export const tableRows = (text: string): readonly (readonly string[])[] =>
  text.split('\n').flatMap((line, index, lines) => {
    const isRule = (other: string | undefined): boolean => /^\|[\s|:-]+\|$/.test(other?.trim() ?? '')
    if (!line.startsWith('|') || isRule(line) || isRule(lines[index + 1])) return []
    return [
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ]
  })

/** What stands in a document between `<!-- name -->` and `<!-- /…` after it. Throws when it is not there. */
export const section = ({ path, text }: Document, name: string): string => {
  const [, after] = text.split(`<!-- ${name} -->`)
  const inside = after?.split('<!-- /')[0]
  if (after === undefined || inside === undefined) throw new Error(`${path} has no section ${name}`)
  return inside
}

/** Texts between backticks. */
export const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(({ 1: code = '' }) => code)
