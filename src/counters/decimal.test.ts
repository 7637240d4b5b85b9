import { expect, test } from 'bun:test'
import { readAmount, toNanoUsd } from './decimal.ts'

const AMOUNTS: readonly (readonly [unknown, number, bigint | undefined])[] = [
  ['0.06', 0, 60_000_000n],
  [0.06, 0, 60_000_000n],
  [12, 0, 12_000_000_000n],
  [1e-7, 0, 100n],
  ['0.0000045000000000000000000000', 0, 4_500n],
  ['0E-6176', 0, 0n],
  ['1.5E+2', 0, 150_000_000_000n],
  ['-3.5', 0, -3_500_000_000n],
  ['123.45', -2, 1_234_500_000n],
  ['.5', 0, 500_000_000n],
  ['0.0000000005', 0, 1n],
  ['0.00000000049', 0, 0n],
  ['-0.0000000005', 0, -1n],
  ['1e-400', 0, 0n],
  ['', 0, undefined],
  ['.', 0, undefined],
  ['1,5', 0, undefined],
  ['$1', 0, undefined],
  ['NaN', 0, undefined],
  ['1e99', 0, undefined],
  [null, 0, undefined],
  [Number.NaN, 0, undefined],
]

test.each(AMOUNTS)('%p, its point moved by %p, is %p nano-dollars', (value, shift, nano) => {
  const atto = readAmount(value, shift)
  expect(atto === undefined ? undefined : toNanoUsd(atto)).toBe(nano)
})

test('lines below a nano-dollar add up before they are rounded', () => {
  const line = readAmount('0.00000000025') ?? 0n
  expect(toNanoUsd(line * 4n)).toBe(1n)
})
