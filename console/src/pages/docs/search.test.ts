import { describe, expect, test } from 'bun:test'
import MiniSearch from 'minisearch'
import { excerptOf, type IndexedPage, searchOf } from './search.ts'

const text = `${'far '.repeat(60)}the red buoy ${'away '.repeat(60)}`.trim()

test('an excerpt is the words around the first that fits, cut between words', () => {
  const excerpt = excerptOf(text, ['buoy'])
  expect(excerpt).toContain('the red buoy')
  expect(excerpt).toMatch(/^… far .* away …$/)
  expect(excerpt.length).toBeLessThan(220)
})

test('a short text is its own excerpt, and one without any of the words begins at its start', () => {
  expect(excerptOf('Red buoy.', ['buoy'])).toBe('Red buoy.')
  expect(excerptOf(text, ['nothing'])).toStartWith('far far')
})

describe('what is looked for', () => {
  const page = (slug: string, title: string, ...sections: readonly (readonly [string, string])[]): IndexedPage => ({
    slug,
    title,
    passages: [[title, `About ${slug}.`] as const, ...sections].map(([heading, text], at) => ({
      anchor: `a${at}`,
      heading,
      text,
    })),
  })
  const search = searchOf(MiniSearch, [
    page('keys', 'Keys', ['Limits', 'Budgets are limits in money. Budgets, budgets and again budgets: every budget.']),
    page('money', 'Money', ['Budgets', 'What a key may spend.']),
    page('budgets', 'Budgets', ['Windows', 'Five hours, a day, a week.'], ['Refunds', 'They are given back.']),
    page('gadgets', 'Gadgets', ['More', 'Nothing of the kind.']),
  ])
  const found = (text: string): readonly string[] => search(text).map(({ slug, anchor }) => `${slug}#${anchor}`)

  test('is found in titles first, then in headings, then in the text, however often that says it', () => {
    expect(found('budgets').slice(0, 3)).toEqual(['budgets#a0', 'money#a1', 'keys#a1'])
    expect(found('budg').slice(0, 3)).toEqual(['budgets#a0', 'money#a1', 'keys#a1'])
  })

  test('is found once in a page whose title it is, not in each of its sections', () => {
    expect(found('budgets').filter((id) => id.startsWith('budgets'))).toEqual(['budgets#a0'])
  })

  test('may be partly the title of a page and partly the heading of a section of it', () => {
    expect(found('budgets refunds')).toEqual(['budgets#a2'])
  })

  test('may be misspelt, and comes after what is not', () => {
    expect(found('budgetz')).toContain('budgets#a0')
    expect(found('gadgets')[0]).toBe('gadgets#a0')
  })
})
