import { expect, test } from 'bun:test'
import { percentOff } from './percent.ts'

test.each([
  ['0.3', '30%'],
  ['0.125', '12.5%'],
  ['0.000001', '0.0001%'],
  ['0', '0%'],
])('a discount of %s is %s', (discount, percent) => {
  expect(percentOff(discount, 'en')).toBe(percent)
})
