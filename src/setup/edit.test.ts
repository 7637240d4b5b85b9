import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parse as parseYaml } from 'yaml'
import { CASES, type Case, changesOf } from '../../test/setup/cases.ts'
import { applySteps, mergeOut, writtenValue } from './edit.ts'
import { cksum, parseManifest, renderManifest } from './manifest.ts'

const stepsOf = (one: Case) => changesOf(one).map((change) => ({ ...change, file: '' }))
const named = CASES.map((one) => [one.syntax, JSON.stringify(one.before), one] as const)
const accepted = named.filter(([, , one]) => one.after !== undefined)

describe('an editor', () => {
  test.each(named)('of %s makes of %s what it should, and nothing else', (_, __, one) => {
    const made = applySteps(one.before, stepsOf(one), '')
    expect(made.ok ? made.value : undefined).toBe(one.after as string)
    if (!made.ok) expect(made.error).toMatch(/^(is|has) [a-z]/i)
  })

  test.each(accepted)('of %s changes nothing the second time: %s', (_, __, one) => {
    const steps = stepsOf(one)
    expect(applySteps(one.after ?? '', steps, '')).toEqual({ ok: true, value: one.after ?? '' })
  })

  test.each(accepted)('of %s reads back what it wrote: %s', (_, __, one) => {
    for (const change of changesOf(one).filter(({ ifAbsent }) => !ifAbsent))
      expect(writtenValue(one.after ?? '', change)).toBe(change.value)
  })

  test.each(accepted)('of %s takes only its own out again: %s', (_, __, one) => {
    const out = mergeOut(one.after ?? '', one.before, changesOf(one))
    expect(out.ok).toBe(true)
    for (const { syntax, path } of changesOf(one))
      expect(writtenValue(out.ok ? out.value : '', { syntax, path })).toBe(
        writtenValue(one.before, { syntax, path }) as string,
      )
  })

  test('what it makes of YAML is YAML, and says the same besides', () => {
    for (const [, , one] of accepted.filter(([syntax]) => syntax === 'yaml')) {
      const [before, after] = [parseYaml(one.before) ?? {}, parseYaml(one.after ?? '')]
      expect(after).toMatchObject({ A: 'k' })
      expect({ ...after, ...before, A: 0, Z: 0 }).toEqual({ ...before, A: 0, Z: 0 })
    }
  })

  test.each([
    ['a nought', '{"a": "\0"}'],
    ['the other byte no text has', '{"a": "\u0001"}'],
    ['UTF-16', '\u00ff\u00fe{\0}\0'],
  ])('leaves a file with %s alone', (_, text) => {
    expect(applySteps(text, [], '')).toEqual({ ok: false, error: 'is not text in UTF-8' })
  })
})

describe('taking changes out', () => {
  const made = [{ syntax: 'json', path: ['env', 'KEY'], value: '"{key}"', ifAbsent: false }] as const

  test.each([
    ['{\n  "env": {\n    "KEY": "k",\n    "MORE": 1\n  }\n}\n', '{}\n', '{\n  "env": {\n    "MORE": 1\n  }\n}\n'],
    [
      '{\n  "env": {\n    "MORE": 1,\n    "KEY": "k"\n  },\n  "b": 2\n}\n',
      '{"b": 1}',
      '{\n  "env": {\n    "MORE": 1\n  },\n  "b": 2\n}\n',
    ],
    ['{\n  "a": 1,\n  "env": {\n    "KEY": "k"\n  }\n}\n', '{\n  "a": 1\n}\n', '{\n  "a": 1\n}\n'],
    ['{"env":{"KEY":"k"},"b":2}', '{"env":{"KEY":"mine"}}', '{"env":{"KEY":"mine"},"b":2}'],
    ['{"b":2}', '{}', '{"b":2}'],
  ])('of %j, that was %j, leaves %j', (now, before, left) => {
    expect(mergeOut(now, before, made)).toEqual({ ok: true, value: left })
  })

  test('what was given where nothing was stays with whoever changed it since', () => {
    const given = [{ syntax: 'json', path: ['version'], value: '1', ifAbsent: true }] as const
    expect(mergeOut('{"version":2,"a":1}', '{"a":1}', given)).toEqual({ ok: true, value: '{"version":2,"a":1}' })
    expect(mergeOut('{"version":1,"a":1}', '{"a":1}', given)).toEqual({ ok: true, value: '{"a":1}' })
  })
})

describe('of any JSON', () => {
  const change = { syntax: 'json', path: ['env', 'KEY'], value: '"k"', ifAbsent: false, file: '' } as const
  const written = fc
    .tuple(
      fc.dictionary(fc.constantFrom('a', 'b', 'env', 'x y', '"', '\\'), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
      fc.constantFrom('', '  ', '\t', '    '),
      fc.constantFrom('\n', '\r\n'),
    )
    .map(([value, indent, end]) => ({ value, text: latin(JSON.stringify(value, null, indent).replaceAll('\n', end)) }))

  test('only what is set differs afterwards, and taking it out leaves what was', () => {
    fc.assert(
      fc.property(written, ({ value, text }) => {
        const made = applySteps(text, [change], '')
        const env: unknown = value.env
        const isObject = typeof env === 'object' && env !== null && !Array.isArray(env)
        if (Object.hasOwn(value, 'env') && !isObject) return !made.ok
        if (!made.ok) return false
        expect(JSON.parse(utf8(made.value))).toEqual({ ...value, env: { ...(isObject ? env : {}), KEY: 'k' } })
        const out = mergeOut(made.value, text, [change])
        expect(JSON.parse(out.ok ? utf8(out.value) : '')).toEqual(value)
        return true
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})

/** Bytes, one a character, and back. */
const latin = (text: string): string => Buffer.from(text).toString('latin1')
const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString()

describe('the manifest', () => {
  test('is read as it was written, whatever is in values and paths', () => {
    const manifest = {
      client: 'codex',
      base: 'http://h',
      model: 'm/x',
      folders: ['/h/a b', '/h/a b/c'],
      files: [
        {
          file: '/h/a b/c/f',
          existed: true,
          mode: '644',
          sumAfter: '1 2',
          made: [
            { syntax: 'block', path: [], value: 'a\n\\n\tb', ifAbsent: false },
            { syntax: 'json', path: ['~/x', 'a/b~1'], value: '"{key}"', ifAbsent: true },
          ],
        },
      ],
    } as const
    const flat = {
      ...manifest,
      files: [
        {
          ...manifest.files[0],
          made: [{ ...manifest.files[0].made[0], value: 'a\n\\n b' }, manifest.files[0].made[1]],
        },
      ],
    }
    expect(parseManifest(renderManifest(flat))).toEqual({ ok: true, value: flat })
  })

  test('of another version is not guessed at', () => {
    expect(parseManifest('tollgate-setup\t2\n').ok).toBe(false)
  })

  test('has the sums that cksum prints', () => {
    expect(cksum(new TextEncoder().encode('hello\n'))).toBe('3015617425 6')
    expect(cksum(new Uint8Array(0))).toBe('4294967295 0')
  })
})
