import { expect, test } from 'bun:test'
import { createCarriers, mayCarryEnvelope } from './carriers.ts'

const envelope = createCarriers(new Uint8Array(32)).seal({ family: 'anthropic', kind: 'thinking', data: 'Hm.' })

test.each([
  ['as it is', envelope],
  ['in base64, as Gemini’s clients keep it', Buffer.from(envelope).toString('base64')],
])('an envelope is seen in a body %s', (_how, text) => {
  expect(mayCarryEnvelope(Buffer.from(JSON.stringify({ signature: text })))).toBe(true)
})

test('a body without one is seen to have none', () => {
  expect(mayCarryEnvelope(Buffer.from('{"signature":"EqQB"}'))).toBe(false)
})
