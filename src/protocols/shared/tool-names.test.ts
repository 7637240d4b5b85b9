import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type NamedTool, sentNames } from './tool-names.ts'

const PLAIN = { lengthMax: 64, allowsDots: false }
const DOTTED = { lengthMax: 128, allowsDots: true }
const names = (...all: readonly string[]): readonly NamedTool[] => all.map((name) => ({ name }))

describe('sentNames', () => {
  test('names that fit stay', () => {
    const sent = sentNames(names('get_weather', 'a-b', '3d'), PLAIN)
    expect([sent.sent('get_weather'), sent.sent('a-b'), sent.sent('3d'), sent.renamed.size]).toEqual([
      'get_weather',
      'a-b',
      '3d',
      0,
    ])
  })

  test('68 a long name keeps its beginning and gets a hash', () => {
    const long = `mcp__${'very_long_'.repeat(9)}name`
    const sent = sentNames(names(long), PLAIN)
    expect(sent.sent(long)).toMatch(/^mcp__very_long_.{40}_[0-9a-f]{8}$/)
    expect([...sent.renamed]).toEqual([sent.sent(long)])
    expect(sentNames(names(`${long}2`, long), PLAIN).sent(long)).toBe(sent.sent(long))
  })

  test('68 dots stay where they may, and such names begin with a letter or an underscore', () => {
    const sent = sentNames(names('a.b:c', '3d'), DOTTED)
    expect([sent.sent('a.b:c'), sent.sent('3d')]).toEqual(['a.b:c', '_3d'])
  })

  test('69 of two tools that would share a name, the one that has it keeps it', () => {
    const sent = sentNames(names('a.b', 'a_b', 'a b'), PLAIN)
    expect(sent.sent('a_b')).toBe('a_b')
    expect(new Set(['a.b', 'a_b', 'a b'].map((name) => sent.sent(name))).size).toBe(3)
  })

  test('69 a namespace becomes part of the name, and gives way to a tool that is called so', () => {
    const tools = [
      { name: 'read', namespace: 'fs' },
      { name: 'read' },
      { name: 'fs__write' },
      { name: 'write', namespace: 'fs' },
    ]
    const sent = sentNames(tools, PLAIN)
    expect([sent.sent('read', 'fs'), sent.sent('read'), sent.sent('fs__write')]).toEqual([
      'fs__read',
      'read',
      'fs__write',
    ])
    expect(sent.sent('write', 'fs')).toMatch(/^fs__write_[0-9a-f]{8}$/)
    expect(sent.renamed.has('read')).toBe(false)
    expect(sent.renamed.has('fs__read')).toBe(true)
  })

  test('68 a tool of an earlier turn that is not declared any more gets a name too, and no other tool’s', () => {
    const sent = sentNames(names('a_b'), PLAIN)
    expect(sent.sent('a.b')).not.toBe('a_b')
    expect(sent.sent('gone')).toBe('gone')
  })

  test('68 a declared tool is told from one of an earlier turn, in its namespace', () => {
    const names = sentNames([{ name: 'a.b' }, { name: 'c', namespace: 'n' }], { lengthMax: 64, allowsDots: false })
    names.sent('late.one')
    expect([names.isDeclared('a.b'), names.isDeclared('c', 'n')]).toEqual([true, true])
    expect([names.isDeclared('late.one'), names.isDeclared('c')]).toEqual([false, false])
  })

  test('68 69 any tools get different names of the grammar, the same each time', () => {
    const tool = fc.record({
      name: fc.string({ maxLength: 80 }),
      namespace: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(
        fc.array(tool, { maxLength: 12 }),
        fc.constantFrom(1, 16, 64),
        fc.boolean(),
        (tools, lengthMax, allowsDots) => {
          const first = sentNames(tools, { lengthMax, allowsDots })
          const again = sentNames(tools, { lengthMax, allowsDots })
          const sent = tools.map(({ name, namespace }) => first.sent(name, namespace))
          expect(sent).toEqual(tools.map(({ name, namespace }) => again.sent(name, namespace)))
          const tellApart = new Set(tools.map(({ name, namespace }) => JSON.stringify([name, namespace || ''])))
          expect(new Set(sent).size).toBe(tellApart.size)
          for (const name of sent)
            expect(name).toMatch(allowsDots ? /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/ : /^[A-Za-z0-9_-]{1,64}$/)
        },
      ),
      { seed: 69, numRuns: 500 },
    )
  })
})
