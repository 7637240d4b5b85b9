import { describe, expect, test } from 'bun:test'
import type { Provider } from '../routing/types.ts'
import { plainKeys } from '../routing/provider-keys.ts'
import { keyHiderInPieces, keyHiderOf, secretsHiderOf, tellsSecretOf } from './provider-secrets.ts'
import { noteLentToken } from '../upstream/lent-tokens.ts'
import { candidateOf } from './test-parts.ts'

const providerOf = (...keys: readonly string[]): Provider => ({
  ...candidateOf().channel.provider,
  keys: plainKeys(...keys),
})
const shown = (keys: readonly string[], text: string): string =>
  Buffer.from(secretsHiderOf(providerOf(...keys))(Buffer.from(text))).toString()

const ACCOUNT = JSON.stringify({
  type: 'service_account',
  private_key_id: 'a1b2c3d4e5f6',
  private_key: '-----BEGIN-----\nMIIEvQIBADANBg\n-----END-----',
  client_email: 'robot@project.iam.example',
})

const ROWS: readonly (readonly [title: string, keys: readonly string[], said: string, expected: string])[] = [
  [
    'each of several keys, wherever it stands',
    ['first-key-1', 'second-key'],
    'a second-key, first-key-1.',
    'a [key], [key].',
  ],
  ['a key that contains another', ['long-key', 'long-key-more'], 'long-key-more', '[key]'],
  ['both parts of an access key', ['AKIAEXAMPLE:c2VjcmV0'], 'AKIAEXAMPLE c2VjcmV0', '[key] [key]'],
  [
    'parts of a service account, but not its address',
    [ACCOUNT],
    'a1b2c3d4e5f6 robot@project.iam.example',
    '[key] robot@project.iam.example',
  ],
  ['nothing for a key that is a word', ['local'], 'local', 'local'],
  ['nothing without a key', [], 'first-key-1', 'first-key-1'],
  ['nothing else of any bytes', ['first-key-1'], 'für 明日 first-key-1 ✓', 'für 明日 [key] ✓'],
]

test.each(ROWS)('hides %s', (_, keys, said, expected) => {
  expect(shown(keys, said)).toBe(expected)
})

test('gives the same bytes back where there is nothing to hide', () => {
  const bytes = Buffer.from('all is well')
  expect(secretsHiderOf(providerOf('first-key-1'))(bytes)).toBe(bytes)
})

const KEY = 'vk/3+c5e7a9b2d4=6f80-Zq8'
const base64 = Buffer.from(`user:${KEY}`).toString('base64')
const SPELLINGS: readonly (readonly [spelling: string, written: string, expected: string | RegExp])[] = [
  ['with a slash escaped', 'vk\\/3+c5e7a9b2d4=6f80-Zq8', '[key]'],
  ['with one character escaped', '\\u0076k/3\\u002Bc5e7a9b2d4=6f80-Zq8', '[key]'],
  ['as JSON in JSON', 'vk\\\\/3\\\\u002bc5e7a9b2d4=6f80-Zq8', '[key]'],
  ['in an address', encodeURIComponent(KEY), '[key]'],
  ['in an address in an address', encodeURIComponent(encodeURIComponent(KEY)), '[key]'],
  ['in a page', 'vk&#47;3&#x2b;c5e7a9b2d4=6f80-Zq8', '[key]'],
  // What stands around it in base64 shares its first and last digit.
  ['in base64', base64, /^.{6,8}\[key\].{0,3}$/],
  ['in hexadecimal', Buffer.from(KEY).toString('hex'), '[key]'],
]

describe('in an error', () => {
  test.each(SPELLINGS)('a key is hidden %s', (_spelling, written, expected) => {
    expect(shown([KEY], written)).toMatch(typeof expected === 'string' ? /^\[key\]$/ : expected)
  })

  test('many backslashes take no longer than as many letters', () => {
    const text = '\\'.repeat(500_000)
    expect(shown([KEY], text)).toBe(text)
  })

  test('other escapes stay as they are', () => {
    const text = '{"message":"\\u0076ery \\/ %76k &#118;"}'
    expect(shown([KEY], text)).toBe(text)
  })
})

test('what a key was exchanged for is hidden as the key is, also the one before, and not for another account', () => {
  const [own, other] = [providerOf(KEY), providerOf(KEY)]
  const hidden = (text: string): string => Buffer.from(secretsHiderOf(own)(Buffer.from(text))).toString()
  const token = (count: number): string => `ya29.access-token-${count}-0123456789`
  expect(hidden(token(1))).toBe(token(1))
  for (const count of [1, 2, 3]) noteLentToken(own, KEY, token(count))
  noteLentToken(own, 'another key', token(4))
  noteLentToken(own, KEY, token(3))
  const said = [1, 2, 3, 4].map(token).join(' ')
  expect(hidden(`${said} ${KEY}`)).toBe(`${token(1)} [key] [key] [key] [key]`)
  expect(hidden(Buffer.from(token(3)).toString('base64'))).toMatch(/^\[key\].{0,3}$/)
  expect(Buffer.from(keyHiderOf(own)(Buffer.from(token(3)))).toString()).toBe('[key]')
  expect(tellsSecretOf(own)(`Bearer ${token(2)}`)).toBe(true)
  expect(Buffer.from(secretsHiderOf(other)(Buffer.from(said))).toString()).toBe(said)
})

describe('in an answer that is no error', () => {
  const hidden = (key: string, text: string): string =>
    Buffer.from(keyHiderOf(providerOf(key))(Buffer.from(text))).toString()

  test('a key is hidden', () => {
    expect(hidden(KEY, `{"asked":"Bearer ${KEY}"}`)).toBe('{"asked":"Bearer [key]"}')
  })

  test.each(['lm-studio', 'sk-no-key-required-at-all', '12345678'])(
    '%j, which local servers are given for a key, is left to whoever says it',
    (key) => {
      expect(hidden(key, `Ask with ${key}.`)).toBe(`Ask with ${key}.`)
    },
  )

  test('a key is hidden wherever it is cut, and nothing is lost', () => {
    const text = `a ${KEY} b ${KEY.slice(0, 9)} c ${KEY}`
    for (let length = 1; length <= text.length; length++) {
      const hide = keyHiderInPieces(providerOf(KEY))
      let said = ''
      for (let at = 0; at < text.length; at += length)
        said += Buffer.from(hide.push(Buffer.from(text.slice(at, at + length)))).toString()
      expect(said + Buffer.from(hide.rest()).toString()).toBe(`a [key] b ${KEY.slice(0, 9)} c [key]`)
    }
  })

  test('a header tells it, plain or encoded, and others do not', () => {
    const tells = tellsSecretOf(providerOf(KEY))
    expect([`Bearer ${KEY}`, `?key=${encodeURIComponent(KEY)}`, `Basic ${base64}`].map(tells)).toEqual([
      true,
      true,
      true,
    ])
    expect(['', 'application/json; charset=utf-8', 'vk/3+c5e7a9b2d4'].map(tells)).toEqual([false, false, false])
  })
})
