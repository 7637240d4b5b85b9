import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { writeParticulars } from '../../db/receipt-json.ts'
import { receiptOf, usd } from '../fixture.ts'
import { Headings } from '../headings.ts'
import { readAnswers, writeEnd } from './operations.ts'

const WHO = { userId: 'u', keyId: 'k' }
const TRICKY = ['"uncollected":"0"', 'uncollected', '"', '\\', '\\"uncollected\\":\\"', '\0', '\ud800']

test('an amount put between the two parts of a receipt gives what would have been written with it', () => {
  const heading = new Headings(1).find(receiptOf(WHO, 'req_1'), undefined)
  const text = fc.oneof(fc.string(), fc.constantFrom(...TRICKY))
  const json = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('uncollected', 'x'), fc.constantFrom('0', '5')))
  const splits = fc.property(
    fc.array(text),
    json,
    fc.bigInt({ min: 0n, max: 10n ** 18n }),
    (warnings, rawUsage, amount) => {
      const receipt = receiptOf(WHO, 'req_1', { warnings, rawUsage })
      const { before, after } = JSON.parse(writeEnd(receipt, 1n, heading)) as { before: string; after: string }
      expect(`${before}${amount}${after}`).toBe(writeParticulars({ ...receipt, uncollected: usd(amount) }))
    },
  )
  fc.assert(splits, { seed: 20_261_121, numRuns: 500 })
})

test.each([
  ['["held"]', { is: 'held' }],
  ['["insufficient","-9007199254740993"]', { is: 'insufficient', available: -9007199254740993n }],
  ['["over",1,"12"]', { is: 'over', budget: 1, left: 12n }],
  ['["ended"]', { is: 'ended', charged: undefined }],
  ['["ended","7"]', { is: 'ended', charged: 7n }],
  ['["gone","7","whole","{\\"uncollected\\":\\"3\\"}"]', { is: 'gone', charged: 7n, ended: 'whole', uncollected: 3n }],
])('the answer %s is read to the last digit', (text, answer) => {
  expect(readAnswers(`[${text}]`)).toEqual([answer as never])
})

test('an answer that nobody knows is a broken invariant', () => {
  expect(() => readAnswers('[["maybe"]]')).toThrow('answered maybe')
})
