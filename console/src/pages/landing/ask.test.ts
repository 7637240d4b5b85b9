import { expect, test } from 'bun:test'
import { textIn } from './ask.ts'

test.each([
  [{ choices: [{ message: { content: 'Ahoy' } }] }, 'Ahoy'],
  [{ choices: [{ message: { content: null } }] }, ''],
  [{ choices: [] }, ''],
  [undefined, ''],
  ['text', ''],
])('of %j the words are %p', (body, text) => {
  expect(textIn(body)).toBe(text)
})
