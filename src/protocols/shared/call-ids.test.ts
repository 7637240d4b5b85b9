import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createLosses } from '../../canon/losses.ts'
import { fitCallId, sentCallId } from './call-ids.ts'

describe('the id of a call that is sent under another', () => {
  const ROWS: readonly (readonly [string, Readonly<Record<string, unknown>> | undefined, readonly string[]])[] = [
    ['is declared where a Chat client wrote it', { id: 'a!b' }, ['/c;renamed']],
    ['is declared where a Responses client wrote it', { call_id: 'a!b' }, ['/c;renamed']],
    ['is declared where a Gemini client wrote it', { functionCall: { id: 'a!b' } }, ['/c;renamed']],
    ['is declared where nobody knows who wrote it', undefined, ['/c;renamed']],
    ['is nothing to a Gemini client that wrote none', { functionCall: { name: 'f' } }, []],
  ]
  test.each(ROWS)('%s', (_, value, expected) => {
    const losses = createLosses()
    const native = value && ({ format: 'openai-chat', value } as const)
    sentCallId({ id: 'a!b', pointer: '/c', ...(native && { native }) }, 64, losses)
    expect(losses.list.map(({ pointer, code }) => `${pointer};${code}`)).toEqual([...expected])
  })
})

describe('fitCallId', () => {
  test('50 an id that fits stays', () => {
    expect(fitCallId('toolu_01A-b', 64)).toBe('toolu_01A-b')
  })

  test('50 an id of other signs, or an empty one, becomes one that every format takes', () => {
    for (const id of ['call:1/é', '', ' ']) expect(fitCallId(id, 64)).toMatch(/^call_[A-Za-z0-9_-]{43}$/)
  })

  test('50 two long ids with the same beginning stay two', () => {
    const ids = ['a', 'b'].map((end) => fitCallId(`${'x'.repeat(70)}${end}`, 64))
    expect(new Set(ids).size).toBe(2)
  })

  test('49 ids that would be the same after cleaning stay two', () => {
    expect(fitCallId('call:1', 64)).not.toBe(fitCallId('call_1', 64))
  })

  test('50 a short limit gives letters and digits of exactly that length', () => {
    expect(fitCallId('call_1', 9)).toMatch(/^[A-Za-z0-9]{9}$/)
    expect(fitCallId('abcDEF123', 9)).toBe('abcDEF123')
    expect(fitCallId('abc', 9)).toHaveLength(9)
  })

  test('what was fitted fits, and different ids stay different', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom(9, 40, 64), (one, other, lengthMax) => {
        const fitted = fitCallId(one, lengthMax)
        expect(fitCallId(fitted, lengthMax)).toBe(fitted)
        expect(fitted.length).toBeLessThanOrEqual(lengthMax)
        expect(fitted === fitCallId(other, lengthMax)).toBe(one === other)
      }),
      { seed: 50, numRuns: 500 },
    )
  })
})
