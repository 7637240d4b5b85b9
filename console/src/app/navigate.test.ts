import { expect, test } from 'bun:test'
import { safeNext } from './navigate.ts'

test.each([
  ['/console/keys?x=1', '/console/keys?x=1'],
  ['//evil.example', '/console'],
  ['/\\evil.example', '/console'],
  ['https://evil.example', '/console'],
  ['javascript:alert(1)', '/console'],
  ['/a\nb', '/console'],
  ['/\t/evil.example', '/console'],
  ['', '/console'],
  [undefined, '/console'],
])('after signing in, %p leads to %s', (next, target) => {
  expect(safeNext(next)).toBe(target)
})
