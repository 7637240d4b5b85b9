import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { scanObject } from '../canon/scan-object.ts'
import { PARAMETER_NAME, parameterTree, withParameters } from './rules-parameters.ts'

const snake = (name: string): readonly string[] => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]

const changed = (body: string, parameters: Readonly<Record<string, string | null>>, spellings = snake) => {
  const scan = scanObject(Buffer.from(body), { depthMax: 100 })
  const tree = parameterTree(new Map(Object.entries(parameters)))
  if (!scan.ok || !tree.ok) throw new Error('the case itself is wrong')
  const made = withParameters(scan.value, tree.value, spellings)
  return made.ok ? Buffer.from(made.value).toString() : made.error.message
}

describe('parameters', () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string | null>>, string])[] = [
    ['are added at the end', '{"a": 1}', { b: '2' }, '{"a": 1,"b":2}'],
    [
      'take the place of what is there, and nothing around it',
      '{ "a" : 1 , "b":2 }',
      { a: '"x"' },
      '{ "a" : "x" , "b":2 }',
    ],
    ['are taken out with their comma', '{"a": 1, "b": 2}', { a: null }, '{"b": 2}'],
    ['that are not there are not taken out', '{"a": 1}', { b: null, 'c.d': null }, '{"a": 1}'],
    [
      'are set inside of what is there',
      '{"a": { "x" : 1 }, "b": 2}',
      { 'a.y': 'true' },
      '{"a": { "x" : 1,"y":true }, "b": 2}',
    ],
    ['are taken out inside of what is there', '{"a":{"x":1,"y":2}}', { 'a.x': null }, '{"a":{"y":2}}'],
    ['make what they are inside of', '{}', { 'a.b.c': '1', 'a.d': '2' }, '{"a":{"b":{"c":1},"d":2}}'],
    ['make it where it is null', '{"a":null}', { 'a.b': '1' }, '{"a":{"b":1}}'],
    [
      'of several depths come together',
      '{"a":{"b":{"c":1}},"z":9}',
      { 'a.b.c': '2', 'a.e': '3', z: null, y: '4' },
      '{"a":{"b":{"c":2},"e":3},"y":4}',
    ],
    [
      'are set under the spelling that is there',
      '{"generation_config":{"top_p":1}}',
      { 'generationConfig.topP': '0.5' },
      '{"generation_config":{"top_p":0.5}}',
    ],
    ['are not taken out of what is no object', '{"a":[1]}', { 'a.b': null }, '{"a":[1]}'],
    [
      'are not set in what is no object',
      '{"a":[1]}',
      { 'a.b': '1' },
      '`a` must be an object, as something is set in it',
    ],
    [
      'are not set in what is no object further in',
      '{"a":{"b":"x"}}',
      { 'a.b.c': '1' },
      '`a.b` must be an object, as something is set in it',
    ],
  ]
  test.each(cases)('%s', (_what, body, parameters, expected) => {
    expect(changed(body, parameters)).toBe(expected)
  })

  test('that change nothing leave the very same array', () => {
    const scan = scanObject(Buffer.from('{"a":1}'), { depthMax: 10 })
    const tree = parameterTree(new Map([['b', null]]))
    if (!scan.ok || !tree.ok) throw new Error('the case itself is wrong')
    const made = withParameters(scan.value, tree.value)
    expect(made.ok && made.value).toBe(scan.value.bytes)
  })

  test.each([[['a', 'a.b']], [['a.b', 'a']], [['a.b.c', 'a.b']]])('%p exclude each other', (names) => {
    expect(parameterTree(new Map(names.map((name) => [name, '1']))).ok).toBe(false)
  })

  const names: readonly (readonly [string, boolean])[] = [
    ['temperature', true],
    ['generationConfig.thinkingConfig.thinkingBudget', true],
    ['models', true],
    ['stream_options.include_usage', true],
    ['model', false],
    ['MODEL', false],
    ['stream', false],
    ['provider.order', false],
    ['fallbacks', false],
    ['previous_response_id', false],
    ['a..b', false],
    ['a.', false],
    ['.a', false],
    ['1a', false],
    ['__proto__', false],
    ['a-b', false],
    ['x'.repeat(101), false],
    ['', false],
  ]
  test.each(names)('may be called %p: %p', (name, expected) => {
    expect(PARAMETER_NAME.test(name)).toBe(expected)
  })

  test('make of any object what setting its members would', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'constructor')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'))
    const wanted = fc.dictionary(path, fc.option(fc.constantFrom('1', '"x"', '{"q":[1]}', 'false'), { nil: null }), {
      maxKeys: 4,
    })
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(1, 'x', null, true),
        fc.array(tie('value'), { maxLength: 2 }),
        tie('object'),
      ),
      object: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
    }))
    const object = fc.dictionary(name, value, { maxKeys: 3 })
    fc.assert(
      fc.property(object, wanted, (body, parameters) => {
        const tree = parameterTree(new Map(Object.entries(parameters)))
        if (!tree.ok) return
        const scan = scanObject(Buffer.from(JSON.stringify(body, null, 1)), { depthMax: 100 })
        if (!scan.ok) throw new Error(scan.error.message)
        const made = withParameters(scan.value, tree.value)
        const expected = set(body, parameters)
        if (expected === undefined) expect(made.ok).toBe(false)
        else expect(made.ok && JSON.parse(Buffer.from(made.value).toString())).toEqual(expected)
      }),
      { seed: 5, numRuns: 2_000 },
    )
  })
})

/** The plain way; `undefined`: something is set in what is no object. */
const set = (body: object, parameters: Readonly<Record<string, string | null>>): unknown => {
  const copy = structuredClone(body) as Record<string, unknown>
  for (const [path, text] of Object.entries(parameters)) {
    const names = path.split('.')
    const last = names.pop() ?? ''
    let at: Record<string, unknown> | undefined = copy
    for (const name of names) {
      const inner: unknown = at && Object.hasOwn(at, name) ? at[name] : undefined
      const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      if (!isObject && text === null) at = undefined
      else if (!isObject && inner !== undefined && inner !== null) return undefined
      else if (at) {
        const next: Record<string, unknown> = isObject ? (inner as Record<string, unknown>) : {}
        at[name] = next
        at = next
      }
    }
    if (!at) continue
    if (text === null) delete at[last]
    else at[last] = JSON.parse(text)
  }
  return copy
}
