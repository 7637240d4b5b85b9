import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { decimalOf, formatMoney, formatMoneyShort, nanoOf, signOf, sumOf } from './money.ts'

describe('an amount in full', () => {
  test.each([
    ['0.000000450', '$0.00000045'],
    ['0.000000001', '$0.000000001'],
    ['0.000000000', '$0.00'],
    ['12.340000000', '$12.34'],
    ['12.5', '$12.50'],
    ['-3.000000001', '-$3.000000001'],
    ['1234567.891000000', '$1,234,567.891'],
    ['90071992547409931.123456789', '$90,071,992,547,409,931.123456789'],
    ['not known', 'not known'],
  ])('of %s is %s', (amount, text) => {
    expect(formatMoney(amount, 'en')).toBe(text)
  })

  test('is written as the reader writes numbers', () => {
    expect(formatMoney('1234.500000000', 'vi').replace(/\s/g, ' ')).toBe('1.234,50 $')
    expect(formatMoney('1234.500000000', 'zh-CN')).toBe('$1,234.50')
  })

  test('has every digit of the amount, whatever it is', () => {
    const amounts = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
    const digitsOf = (text: string): string => text.replace(/\D/g, '').replace(/^0+/, '')
    fc.assert(
      fc.property(amounts, (nano) => {
        const decimal = decimalOf(nano)
        const written = digitsOf(formatMoney(decimal, 'en'))
        expect(digitsOf(decimal).replace(/0+$/, '')).toBe(written.replace(/0+$/, ''))
      }),
      { seed: 6, numRuns: 300 },
    )
  })
})

describe('an amount for narrow places', () => {
  test.each([
    ['0.000000450', '$0.00000045'],
    ['0.000123456', '$0.000123…'],
    ['0.123456789', '$0.123…'],
    ['0.999900000', '$0.999…'],
    ['12.345678901', '$12.34…'],
    ['12.340000000', '$12.34'],
    ['99.999999999', '$99.99…'],
    ['5', '$5.00'],
    ['-12.345678901', '-$12.34…'],
    ['0.000000000', '$0.00'],
    ['-0.000000001', '-$0.000000001'],
  ])('of %s is %s', (amount, text) => {
    expect(formatMoneyShort(amount, 'en')).toBe(text)
  })

  test('never looks like zero unless it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (nano) => {
        expect(formatMoneyShort(decimalOf(nano), 'en')).toMatch(/[1-9]/)
      }),
      { seed: 6, numRuns: 300 },
    )
  })
})

describe('amounts', () => {
  test('are read and written without loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (nano) => {
        expect(nanoOf(decimalOf(nano))).toBe(nano)
      }),
      { seed: 6 },
    )
  })

  test.each([[''], ['1,5'], ['1e3'], ['.5'], ['0.0000000001'], ['$1']])('%p is none', (text) => {
    expect(nanoOf(text)).toBeUndefined()
  })

  test('are added exactly, leaving out what is not known', () => {
    expect(sumOf(['0.1', '0.2', null, undefined, '-0.000000001'])).toBe('0.299999999')
    expect(sumOf([])).toBe('0.000000000')
  })

  test('have a sign that is read off the text', () => {
    expect(['0.000', '-0.000', '0.001', '-0.001'].map(signOf)).toEqual([0, 0, 1, -1])
  })
})
