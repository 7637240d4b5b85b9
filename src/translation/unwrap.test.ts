import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createUnwrapper } from './unwrap.ts'

// Work that grows with the square of the input would take hours; a busy machine takes its time for the rest.
setDefaultTimeout(120_000)

const unwrap = (pieces: readonly string[]): readonly [text: string, hasLost: boolean] => {
  const unwrapper = createUnwrapper()
  let text = ''
  for (const piece of pieces) text += unwrapper.push(piece)
  text += unwrapper.end()
  return [text, unwrapper.hasLost]
}

/** The whole, every way to cut it in two, and single code units. */
const cuts = (text: string): readonly (readonly string[])[] => [
  [text],
  ...Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]),
  text.split(''),
]

describe('the text of a custom tool is the same however its JSON is cut', () => {
  const ROWS: readonly (readonly [json: string, text: string, hasLost: boolean])[] = [
    ['{"input":"a"}', 'a', false],
    ['\n { "input" :\t"a\\nb" } \n', 'a\nb', false],
    ['{"input":""}', '', false],
    ['{"input":"\\"\\\\\\/\\b\\f\\n\\r\\t"}', '"\\/\b\f\n\r\t', false],
    ['{"input":"\\u00e9\\u0041\\ud83d\\ude00😀\\\\u0041"}', 'éA😀😀\\u0041', false],
    ['{"input":"half \\ud83d"}', 'half \ud83d', false],
    ['{"input":"\\ud83d\\ud83d\\ude00"}', '\ud83d😀', false],
    ['{"input":"}"}', '}', false],
    // What models write though it is no JSON.
    ['{"input":"a\nb\tc"}', 'a\nb\tc', false],
    ['{"input":"\\d+\\u00zz\\😀"}', '\\d+\\u00zz\\😀', false],
    ['{"input":"not closed', 'not closed', false],
    ['{"input":"cut \\u00', 'cut \\u00', false],
    ['{"input":"not closed"', 'not closed', false],
    ['not json at all', 'not json at all', false],
    ['', '', false],
    ['{"other":"a"}', '{"other":"a"}', false],
    // Numbers as they were written, and members in their order.
    ['{"input":{"id":12345678901234567890,"f":1.0,"e":1E3}}', '{"id":12345678901234567890,"f":1.0,"e":1E3}', false],
    ['{"input":[1.10,{"toString":-0}]}', '[1.10,{"toString":-0}]', false],
    ['{"input":null}', 'null', false],
    // What stands beside the text is lost, and said to be.
    ['{"input":"abc","other":1}', 'abc', true],
    ['{"input":"abc","input":"xyz"}', 'abc', true],
    ['{"input":"abc"} and more', 'abc', true],
    ['{"input":"abc"}}', 'abc', true],
    ['{"reason":"because","input":"abc"}', 'abc', true],
    ['{"reason":1,"input":{"n":1.0}}', '{"n":1.0}', true],
  ]
  test.each(ROWS)('%s', (json, text, hasLost) => {
    for (const pieces of cuts(json)) expect([pieces, unwrap(pieces)]).toEqual([pieces, [text, hasLost]])
  })

  test('however long the blanks before it are', () => {
    const blanks = ' '.repeat(2_000)
    for (const size of [1, 100, 10_000]) {
      const json = `${blanks}{"input":"a\\nb"}`
      const pieces = Array.from({ length: Math.ceil(json.length / size) }, (_, at) =>
        json.slice(at * size, (at + 1) * size),
      )
      expect(unwrap(pieces)).toEqual(['a\nb', false])
    }
  })
})

const LENGTH = 5_000_000

/** Feeds a JSON text piece by piece; the length of what came out, and the most that was behind at any time. */
const feed = (opening: string, unit: string, closing: string): { readonly told: number; readonly behind: number } => {
  const unwrapper = createUnwrapper()
  unwrapper.push(opening)
  let told = 0
  let behind = 0
  for (let fed = 0; fed < LENGTH; fed += unit.length) {
    told += unwrapper.push(unit).length
    behind = Math.max(behind, fed + unit.length - told)
  }
  told += unwrapper.push(closing).length + unwrapper.end().length
  return { told, behind }
}

describe('five megabytes in pieces of four characters', () => {
  test('are told as they come, with nothing kept', () => {
    expect(feed('{"input":"', 'abcd', '"}')).toEqual({ told: LENGTH, behind: 0 })
  })

  test('are told as they come, where every piece cuts an escape', () => {
    const unwrapper = createUnwrapper()
    unwrapper.push('{"input":"')
    let told = 0
    for (let fed = 0; fed < LENGTH; fed += 4) told += unwrapper.push(fed === 0 ? 'abc\\' : 'nbc\\').length
    told += unwrapper.push('n"}').length
    expect([told, unwrapper.end()]).toEqual([(LENGTH / 4) * 3 + 1, ''])
  })

  test('are read once, at the end, where they are no such wrapping', () => {
    expect(feed('{"other":"', 'abcd', '"}')).toEqual({ told: LENGTH + 12, behind: LENGTH })
  })
})
