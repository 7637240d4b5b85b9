import { expect, test } from 'bun:test'
import { FREE_TEXT } from './free-text.ts'
import { isStrictSubset, objectRoot } from './schema.ts'

test('free text is the argument of a function that every vendor takes as it is, and OpenAI once it is closed', () => {
  expect(objectRoot(FREE_TEXT)).toEqual({ schema: FREE_TEXT, changed: false })
  expect(isStrictSubset({ ...FREE_TEXT, additionalProperties: false })).toBe(true)
})
