import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Guide, type Page, readGuide, sourceOf } from '../../src/http/docs-guide.ts'

const ROOT = join(import.meta.dir, '..', '..')

/** The guide as it is served. */
export const guide: Guide = readGuide()

export const pages: readonly Page[] = guide.flatMap((section) => section.pages)

/** Pages that are written for users alone, not those that operators and engineers share. */
export const ownPages: readonly Page[] = pages.filter(({ slug }) => sourceOf(slug).startsWith('guide/'))

export const sourceTextOf = (slug: string): string => readFileSync(join(ROOT, sourceOf(slug)), 'utf8')

/** A fenced block of a page. */
export interface Snippet {
  /** `quick-start:14`. */
  readonly where: string
  readonly language: string
  readonly text: string
  /** Why it is not run; `undefined`: it is. */
  readonly noRun: string | undefined
}

const FENCE = /^( *)```([\w-]*)([^\n]*)\n([\s\S]*?)^ *```[ \t]*$/gm

/** The fenced blocks of a page, those in lists too. */
export const snippetsOf = ({ slug, markdown }: Pick<Page, 'slug' | 'markdown'>): readonly Snippet[] =>
  [...markdown.matchAll(FENCE)].map(({ 1: indent = '', 2: language = '', 3: info = '', 4: text = '', index }) => ({
    where: `${slug}:${markdown.slice(0, index).split('\n').length}`,
    language,
    text: indent === '' ? text : text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    noRun: /\bno-run: (.+)$/.exec(info)?.[1],
  }))

/** Links of a page as it is served, with the text between their brackets. */
export const linksOf = (markdown: string): readonly { readonly text: string; readonly target: string }[] =>
  [...markdown.replace(FENCE, '').matchAll(/\[((?:[^\]`]|`[^`]*`)*)\]\(([^)\s]+)\)/g)].map(
    ({ 1: text = '', 2: target = '' }) => ({ text, target }),
  )
