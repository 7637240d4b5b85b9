import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Line } from './lines.ts'
import { linesIn } from './parse.ts'

interface Row {
  readonly what: string
  readonly code: string
  /** What is found, in the order of the file. */
  readonly texts: readonly string[]
  /** The code without the first of it. */
  readonly without?: string
}

const ROWS: readonly Row[] = [
  {
    what: 'each row of a table',
    code: `const WORDS = { stop: 'end', 'tool use': call(), length }`,
    texts: [`stop: 'end'`, `'tool use': call()`, 'length'],
    without: `const WORDS = {  'tool use': call(), length }`,
  },
  {
    what: 'each entry of a list and of a set of a module, and each word of one that is split',
    code: `const NAMES = ['a', ...OTHERS]\nconst WORDS = new Set('b c'.split(' '))`,
    texts: [`'a'`, '...OTHERS', 'b', 'c'],
    without: `const NAMES = [ ...OTHERS]\nconst WORDS = new Set('b c'.split(' '))`,
  },
  {
    what: 'a pair of a map as a whole',
    code: `const MAP = new Map([['a', 'b'], ['c', 'd']])`,
    texts: [`['a', 'b']`, `['c', 'd']`],
    without: `const MAP = new Map([ ['c', 'd']])`,
  },
  {
    what: 'each member of what a function writes, and a member on condition once',
    code: `const write = (a) => ({ type: 'x', ...a, ...(a.b && { b: a.b }) })`,
    texts: [`type: 'x'`, '...a', '...(a.b && { b: a.b })'],
    without: `const write = (a) => ({  ...a, ...(a.b && { b: a.b }) })`,
  },
  {
    what: 'of the lists of a function those entries that are pairs or spread',
    code: `const write = (a) => { const known = ['a', 'b']\nreturn [['c', a], ...(a ? ['d'] : [])] }`,
    texts: [`['c', a]`, `...(a ? ['d'] : [])`],
  },
  {
    what: 'each arm of a switch, and each word of an arm that several share',
    code: `function read(a) { switch (a) { case 'a': return 1\ncase 'b':\ncase 'c': return 2\ndefault: return undefined } }`,
    texts: [`case 'a': return 1`, `case 'b':`, `case 'c':`],
    without: `function read(a) { switch (a) { \ncase 'b':\ncase 'c': return 2\ndefault: return undefined } }`,
  },
  {
    what: 'no arm that says nothing, where nothing comes after it',
    code: `function read(a) { switch (a) { case 'a': return 1\ncase 'b': return undefined\ncase 'c':\ncase 'd': break } }`,
    texts: [`case 'a': return 1`],
  },
  {
    what: 'an arm that says nothing, where something comes otherwise or after it',
    code: `function read(a) { switch (a) { case 'a': break\ndefault: return 2 } }\nfunction more(a) { switch (a) { case 'b': return }\nthrow a }`,
    texts: [`case 'a': break`, 'default: return 2', `case 'b': return`],
  },
  {
    what: 'what answers otherwise',
    code: `function read(a) { switch (a) { default: return 3 } }`,
    texts: ['default: return 3'],
    without: `function read(a) { switch (a) {  } }`,
  },
  {
    what: 'statements that write a member or call something, and no others',
    code: `const read = (a) => { if (a) a.b = 1\na['c'] ??= 2\nsay(a)\nlet d = 3\nd = 4\nthrow d }`,
    texts: ['a.b = 1', `a['c'] ??= 2`, 'say(a)'],
    without: `const read = (a) => { if (a) {}\na['c'] ??= 2\nsay(a)\nlet d = 3\nd = 4\nthrow d }`,
  },
  {
    what: 'nothing in types and imports',
    code: `import { a } from './a.ts'\ninterface B { readonly c: 'd' }`,
    texts: [],
  },
]

describe('the mapping lines of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-lines-'))
  const nameOf = ({ what }: Row): string => `${what.replace(/\W+/g, '-')}.ts`
  let lines: readonly Line[] = []

  beforeAll(async () => {
    for (const row of ROWS) writeFileSync(join(folder, nameOf(row)), row.code)
    lines = await linesIn(folder, ROWS.map(nameOf))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(ROWS.map((row) => [row.what, row] as const))('are %s', (_what, row) => {
    const own = lines.filter(({ path }) => path === nameOf(row))
    expect(own.map(({ text }) => text)).toEqual([...row.texts])
    if (row.without !== undefined) expect(own[0]?.without).toBe(row.without)
  })

  test('are told with where they stand', () => {
    const [first] = lines.filter(({ within }) => within === 'read')
    expect(first).toMatchObject({ line: 1, text: `case 'a': return 1` })
  })
})
