import { expect, test } from 'bun:test'
import { preferredLanguage } from './languages.ts'

test.each([
  [null, ['de-AT', 'vi-VN', 'en'], 'vi'],
  [null, ['zh-TW'], 'zh-CN'],
  [null, ['fr'], 'en'],
  [null, [], 'en'],
  ['vi', ['en'], 'vi'],
  ['xx', ['zh'], 'zh-CN'],
] as const)('%p stored and %p wanted give %s', (stored, wanted, language) => {
  expect(preferredLanguage(stored, wanted)).toBe(language)
})
