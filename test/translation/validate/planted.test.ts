import { describe, expect, test } from 'bun:test'
import { CHAT } from './planted-chat.ts'
import { GEMINI } from './planted-gemini.ts'
import { MESSAGES } from './planted-messages.ts'
import { RESPONSES } from './planted-responses.ts'
import { faultsOf } from './validate.ts'

for (const { format, good, planted } of [MESSAGES, CHAT, RESPONSES, GEMINI]) {
  describe(`the validator of ${format}`, () => {
    test('takes what is right', () => {
      for (const body of good) expect([body, faultsOf(format, body)]).toEqual([body, []])
    })

    for (const [what, fault, body, sent] of planted) {
      test(`refuses ${what}`, () => {
        expect(faultsOf(format, body, sent)).toContainEqual(expect.stringMatching(fault))
      })
    }
  })
}
