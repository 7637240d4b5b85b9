import { expect, test } from 'bun:test'
import { errorText } from './answer-format.ts'

const none: readonly unknown[] = [
  undefined,
  null,
  false,
  0,
  '',
  {},
  { message: '' },
  { code: null, message: '', type: '', param: null },
  { code: 0 },
]
for (const error of none)
  test(`${JSON.stringify(error)} is no error`, () => {
    expect(errorText(error)).toBeUndefined()
  })

const deep: unknown = JSON.parse('{"a":'.repeat(1_000_000) + '1' + '}'.repeat(1_000_000))
const some: readonly (readonly [string, unknown, string])[] = [
  ['a string', 'busy', 'busy'],
  ['a message', { message: 'busy', code: 7 }, 'busy'],
  ['an object without a message', { code: 7 }, '{"code":7}'],
  ['an empty message beside a code', { message: '', code: 7 }, '{"message":"","code":7}'],
  ['a list', ['busy'], '["busy"]'],
  ['true', true, 'true'],
  ['a number', 502, '502'],
  ['a message of megabytes', { message: 'x'.repeat(1_000_000) }, 'x'.repeat(2_000)],
  ['an object too deep to be written', { code: deep }, 'an error too deeply nested to show'],
]
test.each(some)('%s is an error', (_, error, text) => {
  expect(errorText(error)).toBe(text)
})
