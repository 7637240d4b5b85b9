import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createLosses } from '../../canon/losses.ts'
import { createDistinctIds, fitCallId, readCallId, sentCallId } from './call-ids.ts'

describe('the id of a call that is sent under another', () => {
  const ROWS: readonly (readonly [string, Readonly<Record<string, unknown>> | undefined, readonly string[]])[] = [
    ['is declared where a Chat client wrote it', { id: 'a!b' }, ['/c;renamed']],
    ['is declared where a Responses client wrote it', { call_id: 'a!b' }, ['/c;renamed']],
    ['is declared where a Gemini client wrote it', { functionCall: { id: 'a!b' } }, ['/c;renamed']],
    ['is declared where nobody knows who wrote it', undefined, ['/c;renamed']],
    ['is what a Messages client knows it by', { id: 'callx_a-21b' }, []],
    ['is nothing to a Gemini client that wrote none', { functionCall: { name: 'f' } }, []],
  ]
  test.each(ROWS)('%s', (_, value, expected) => {
    const losses = createLosses()
    const native = value && ({ format: 'openai-chat', value } as const)
    sentCallId({ id: 'a!b', pointer: '/c', ...(native && { native }) }, 64, 'plain', losses)
    expect(losses.list.map(({ pointer, code }) => `${pointer};${code}`)).toEqual([...expected])
  })
})

describe('fitCallId', () => {
  test('50 an id that fits stays', () => {
    expect(fitCallId('toolu_01A-b', 64, 'plain')).toBe('toolu_01A-b')
    expect(fitCallId('functions.f:0', 64, 'any')).toBe('functions.f:0')
  })

  test('50 an id of other signs, or an empty one, becomes one that every format takes', () => {
    for (const id of ['call:1/é', '', ' ', '\ud83d']) expect(fitCallId(id, 64, 'plain')).toMatch(/^call[A-Za-z0-9_-]+$/)
    expect(fitCallId('', 64, 'any')).not.toBe('')
  })

  test('50 two long ids with the same beginning stay two', () => {
    const ids = ['a', 'b'].map((end) => fitCallId(`${'x'.repeat(70)}${end}`, 64, 'any'))
    expect(new Set(ids).size).toBe(2)
  })

  test('49 ids that would be the same after cleaning stay two', () => {
    expect(fitCallId('call:1', 64, 'plain')).not.toBe(fitCallId('call_1', 64, 'plain'))
  })

  test('50 a short limit gives letters and digits of exactly that length', () => {
    expect(fitCallId('call_1', 9, 'any')).toMatch(/^[A-Za-z0-9]{9}$/)
    expect(fitCallId('abcDEF123', 9, 'any')).toBe('abcDEF123')
    expect(fitCallId('abc', 9, 'any')).toHaveLength(9)
  })

  test('what was fitted fits, and different ids stay different', () => {
    fc.assert(
      fc.property(ID, ID, fc.constantFrom(9, 40, 64), SIGNS, (one, other, lengthMax, signs) => {
        const fitted = fitCallId(one, lengthMax, signs)
        expect(fitCallId(signs === 'plain' ? readCallId(fitted) : fitted, lengthMax, signs)).toBe(fitted)
        expect(fitted.length).toBeLessThanOrEqual(lengthMax)
        expect(fitted === fitCallId(other, lengthMax, signs)).toBe(one === other)
      }),
      { seed: 50, numRuns: 500 },
    )
  })
})

const ID = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('functions.f:0', 'callx_a-2Eb', 'callx_'),
)
const SIGNS = fc.constantFrom('plain', 'any')

describe('the id of a call that a client is given', () => {
  test('50 is of plain signs, and turns back into the upstream’s own', () => {
    expect(fitCallId('functions.get_weather:0', 64, 'plain')).toBe('callx_functions-2Eget_weather-3A0')
    fc.assert(
      fc.property(ID, (id) => {
        const given = fitCallId(id, 256, 'plain')
        expect(given).toMatch(/^[A-Za-z0-9_-]{1,256}$/)
        expect(readCallId(given)).toBe(id)
      }),
      { seed: 11, numRuns: 500 },
    )
  })

  test.each(['callx_', 'callx_a-2e', 'callx_a-5F', 'callx_-FF', 'callx_é', 'toolu_1', 'call_x-2E'])(
    'is not read where it was not made here: %s',
    (id) => expect([id, '']).toContain(readCallId(id)),
  )

  test('49 is its own, though an upstream gave two calls one', () => {
    expect(['a', 'a', 'a_2', 'a'].map(createDistinctIds())).toEqual(['a', 'a_2', 'a_2_2', 'a_3'])
  })
})
