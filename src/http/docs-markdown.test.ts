import { expect, test } from 'bun:test'
import { headingsOf, openingOf, passagesOf, proseOf, relinked } from './docs-markdown.ts'

const page = `# The \`page\`

What it is
about: [a link](b.md).

## Again

| field | what |
|---|---|
| \`a\` | first |

\`\`\`sh no-run: why
# not a heading
curl it
\`\`\`

## Again

- one
- **two**
`

test('headings have the anchors that links name, two alike told apart', () => {
  expect(headingsOf(page)).toEqual([
    { level: 1, text: 'The page', anchor: 'the-page' },
    { level: 2, text: 'Again', anchor: 'again' },
    { level: 2, text: 'Again', anchor: 'again-1' },
  ])
})

test('the opening is the first paragraph, in one line', () => {
  expect(openingOf(page)).toBe('What it is about: a link.')
})

test.each([
  ['# A\n\n## B\n\nWhat *it* is.', 'What it is.'],
  ['# A\n\n| a |\n|---|\n| b |\n\nAfter 2 * 3 * 4.', 'After 2 * 3 * 4.'],
  ['# A\n', ''],
])('the opening is the first prose, without marks: %p', (markdown, opening) => {
  expect(openingOf(markdown)).toBe(opening)
})

test('passages are plain text, code among it, marks of tables and lists not', () => {
  expect(passagesOf(page)).toEqual([
    { anchor: 'the-page', heading: 'The page', text: 'What it is about: a link.' },
    { anchor: 'again', heading: 'Again', text: 'field what a first # not a heading curl it' },
    { anchor: 'again-1', heading: 'Again', text: 'one two' },
  ])
})

test('prose has as many lines as the page, and no code', () => {
  expect(proseOf(page).split('\n')).toHaveLength(page.split('\n').length)
  expect(proseOf(page)).not.toContain('curl')
})

test('links are led elsewhere, or left as text, but never those in code', () => {
  const text = '[a](x.md) [`b`](y.md)\n\n```sh\necho "[c](x.md)"\n```\n'
  const changed = relinked(text, (target) => (target === 'x.md' ? '/docs/x.md' : undefined))
  expect(changed).toBe('[a](/docs/x.md) `b`\n\n```sh\necho "[c](x.md)"\n```\n')
})
