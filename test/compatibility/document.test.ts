import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { readDocument, tableRows } from '../docs/documents.ts'

/// Every row of the page on compatibility names the test that holds it: by the very text that the test, its group or its
/// row of a table has in the file that is linked to.

const ROOT = join(import.meta.dir, '..', '..')
const PAGE = 'docs/compatibility.md'
const SERVICES = ['A', 'B', 'C', 'D', 'E']
/** Rows that a test cannot hold: what is not there, and what is a default of the configuration. */
const UNTESTED_MAX = 3

interface Link {
  readonly title: string
  readonly file: string
}

const linksIn = (text: string): readonly Link[] =>
  [...text.matchAll(/\[((?:[^\]`]|`[^`]*`)*)\]\((\.\.\/[^)\s]+\.test\.ts)\)/g)].map(
    ({ 1: title = '', 2: file = '' }) => ({
      title,
      file: normalize(join('docs', file)),
    }),
  )

/** Every text of a file that could be the title of a test, of a group or of a row: the first of a call or of a list. */
const titlesOf = (source: string): ReadonlySet<string> => {
  const texts = source.matchAll(
    /(?:[([]|\bwhat:)\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g,
  )
  const lists = source.matchAll(/(?<=[[,]\s*)'([a-z]+(?:_[a-z]+)+)'/g)
  return new Set(
    [...texts, ...lists].map(({ 1: single, 2: double, 3: template }) =>
      (single ?? double ?? template ?? '').replace(/\\(.)/g, '$1'),
    ),
  )
}

const faultsOf = ({ title, file }: Link): readonly string[] => {
  if (!existsSync(join(ROOT, file))) return [`${file} is not there`]
  return titlesOf(readFileSync(join(ROOT, file), 'utf8')).has(title) ? [] : [`${file} has no test "${title}"`]
}

const page = readDocument(PAGE)
const sectionOf = (service: string): string => page.prose.split(`\n## Service ${service}\n`)[1]?.split('\n## ')[0] ?? ''

describe('the page on compatibility', () => {
  test('names no test that is not there', () => {
    const links = linksIn(page.prose)
    expect(links.length).toBeGreaterThan(90)
    expect(links.flatMap(faultsOf)).toEqual([])
  })

  test('would be caught naming one', () => {
    const file = 'test/compatibility/document.test.ts'
    expect(faultsOf({ title: 'would be caught naming one', file })).toEqual([])
    expect(faultsOf({ title: 'would be caught naming ', file })).toHaveLength(1)
    expect(faultsOf({ title: 'would be caught naming one', file: 'test/compatibility/nothing.test.ts' })).toHaveLength(
      1,
    )
  })

  test.each(SERVICES)('says of everything that service %s documents what is here, and what holds it', (service) => {
    const rows = tableRows(sectionOf(service))
    expect(rows.length).toBeGreaterThan(15)
    for (const [documented = '', here = '', heldBy = ''] of rows) {
      expect(documented).not.toBe('')
      expect(here).not.toBe('')
      if (heldBy !== '') expect([documented, linksIn(heldBy).length]).toEqual([documented, 1])
    }
    expect(rows.filter(([, , heldBy]) => heldBy === '').length).toBeLessThan(UNTESTED_MAX)
  })
})
