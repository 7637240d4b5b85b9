import { expect, test } from 'bun:test'
import type { RefusingCeiling } from './types.ts'
import { refusalSentence } from './words.ts'

test.each<[RefusingCeiling, string]>([
  [{ subject: 'key:1', measure: 'requests', limit: 200 }, 'The limit of 200 requests a minute is reached.'],
  [{ subject: 'key:1', measure: 'tokens', limit: 5 }, 'The limit of 5 tokens a minute is reached.'],
  [
    { subject: 'project:secret', measure: 'inputTokens', limit: 9 },
    'The limit of 9 input tokens a minute for the project is reached.',
  ],
  [
    { subject: 'user:1', measure: 'concurrency', limit: 2 },
    'The limit of 2 requests at once for all keys of the user together is reached.',
  ],
  [
    { subject: 'model:a', measure: 'outputTokens', limit: 7 },
    'The limit of 7 output tokens a minute for the model is reached.',
  ],
  [
    { subject: 'ip:127.0.0.1', measure: 'requests', limit: 60 },
    'The limit of 60 requests a minute from one address is reached.',
  ],
])('a refusal by %p says so, and gives no id away', (refusedBy, sentence) => {
  expect(refusalSentence(refusedBy)).toBe(sentence)
})
