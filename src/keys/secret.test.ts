import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { err, ok, type Result } from '../result.ts'
import {
  hashSecret,
  newAdminSecret,
  newSecret,
  readSecret,
  type SecretFlaw,
  type SecretKind,
  sameHash,
} from './secret.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Fixed samples, so that a change of the scheme, which would lock every user out, fails a test. */
const SAMPLE = 'sk-tg-0123456789ABCDEFGHIJKLMNOPQRSTUV2Zcutq'
const ADMIN_SAMPLE = 'sk-tg-admin-0123456789ABCDEFGHIJKLMNOPQRSTUV40AqqV'

describe('a new secret', () => {
  test('has the documented shape, and reads back as its own kind', () => {
    expect(newSecret().secret).toMatch(/^sk-tg-[0-9A-Za-z]{38}$/)
    expect(newAdminSecret().secret).toMatch(/^sk-tg-admin-[0-9A-Za-z]{38}$/)
    expect(readSecret(newSecret().secret)).toEqual(ok('key'))
    expect(readSecret(newAdminSecret().secret)).toEqual(ok('admin'))
  })

  test('comes with the SHA-256 that is stored and a prefix that gives six characters away', () => {
    const made = newSecret()
    expect(made.hash).toBe(createHash('sha256').update(made.secret).digest('hex'))
    expect(made.hash).toBe(hashSecret(made.secret))
    expect(made.prefix).toBe(made.secret.slice(0, 'sk-tg-'.length + 6))
  })

  test('is never the same twice, and uses every character about equally often', () => {
    const drawn = Array.from({ length: 2_000 }, () => newSecret().secret)
    expect(new Set(drawn).size).toBe(drawn.length)
    const counts = new Map<string, number>()
    for (const secret of drawn) {
      for (const character of secret.slice(6, 38)) counts.set(character, (counts.get(character) ?? 0) + 1)
    }
    // 64,000 draws over 62 characters: 1,032 each. Without rejection the first eight would stand at 1,250 (25 % more);
    // 6 standard deviations of an even draw are 190.
    for (const character of ALPHABET) expect(Math.abs((counts.get(character) ?? 0) - 1_032)).toBeLessThan(190)
  })
})

describe('reading a secret', () => {
  test.each<[string, string, Result<SecretKind, SecretFlaw>]>([
    ['a sample of the scheme', SAMPLE, ok('key')],
    ['an admin sample', ADMIN_SAMPLE, ok('admin')],
    ['nothing', '', err('foreign')],
    ["another vendor's key", 'sk-proj-0123456789ABCDEFGHIJ', err('foreign')],
    ['the lead in capitals', SAMPLE.toUpperCase(), err('foreign')],
    ['the lead alone', 'sk-tg-', err('length')],
    ['one character short', SAMPLE.slice(0, -1), err('length')],
    ['one character long', `${SAMPLE}0`, err('length')],
    ['a character outside the alphabet', SAMPLE.replace('8', '_'), err('character')],
    ['a NUL', SAMPLE.replace('8', '\0'), err('character')],
    ['a wrong last character', `${SAMPLE.slice(0, -1)}D`, err('checksum')],
    ['an admin lead on the tail of a key', SAMPLE.replace('sk-tg-', 'sk-tg-admin-'), err('checksum')],
  ])('%s', (_, text, expected) => {
    expect(readSecret(text)).toEqual(expected)
  })

  test('finds every mistyped character and every swap of neighbours', () => {
    for (let at = 'sk-tg-'.length; at < SAMPLE.length; at++) {
      const wrong = SAMPLE[at] === 'x' ? 'y' : 'x'
      expect(readSecret(SAMPLE.slice(0, at) + wrong + SAMPLE.slice(at + 1))).toEqual(err('checksum'))
      const [left = '', right = ''] = SAMPLE.slice(at, at + 2)
      if (right === '' || left === right) continue
      expect(readSecret(SAMPLE.slice(0, at) + right + left + SAMPLE.slice(at + 2))).toEqual(err('checksum'))
    }
  })
})

test.each([
  ['equal hashes', hashSecret('a'), hashSecret('a'), true],
  ['different hashes', hashSecret('a'), hashSecret('b'), false],
  ['different lengths', hashSecret('a'), 'a', false],
  ['two empty texts', '', '', true],
])('comparing hashes: %s', (_, left, right, same) => {
  expect(sameHash(left, right)).toBe(same)
})
