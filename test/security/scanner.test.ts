import { describe, expect, test } from 'bun:test'
import { findSecrets } from './scanner.ts'

const SECRET = 'mark-Zq+8/1f3c5e7a9b2d4=6f80'
const OTHER = 'mark-other-0123456789abcdef'

const escaped = (text: string): string =>
  Array.from(text, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
const hexOf = (text: string): string => Buffer.from(text).toString('hex')

/** Ways to write it down that the scanner has to see through. */
const FORMS: readonly (readonly [form: string, written: string])[] = [
  ['as it is', `Incorrect key: ${SECRET}.`],
  ['cut short', `Incorrect key: ${SECRET.slice(0, 20)}…`],
  ['its end alone', `…${SECRET.slice(-14)}`],
  ['in a JSON string', JSON.stringify({ message: SECRET })],
  ['with its slashes escaped', JSON.stringify({ message: SECRET }).replaceAll('/', '\\/')],
  ['every character escaped', `{"message":"${escaped(SECRET)}"}`],
  ['JSON in JSON', JSON.stringify({ message: `{"message":"${escaped(SECRET)}"}` })],
  ['in an address', `https://vendor.example/?key=${encodeURIComponent(SECRET)}`],
  ['in an address in JSON', JSON.stringify({ url: `?key=${encodeURIComponent(SECRET)}` })],
  ['every byte percent-encoded', hexOf(SECRET).replace(/../g, '%$&')],
  ['in a page', Array.from(SECRET, (each) => `&#${each.charCodeAt(0)};`).join('')],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64 behind a name', `Basic ${Buffer.from(`user:${SECRET}`).toString('base64')}`],
  ['in base64 behind two letters', Buffer.from(`ab${SECRET}`).toString('base64url')],
  ['in hexadecimal', hexOf(SECRET).toUpperCase()],
]

describe('the scanner', () => {
  test.each(FORMS)('sees a secret %s', (_form, written) => {
    expect(findSecrets(written, [OTHER, SECRET]).map(({ secret }) => secret)).toEqual([SECRET])
    expect(findSecrets(Buffer.from(written), [SECRET])).toHaveLength(1)
  })

  test('sees none where there is none', () => {
    expect(findSecrets('{"error":{"message":"Incorrect API key provided: [key]."}}', [SECRET, OTHER])).toEqual([])
  })
})
