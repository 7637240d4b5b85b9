import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { encryptionKeyOf, newEncryptionKey, seal, unseal, wholeKeyOf } from './encryption.ts'
import { createKeyring } from './keyring.ts'
import { err, ok } from '../result.ts'

const KEY = wholeKeyOf(Buffer.alloc(32, 1).toString('base64'))
const OTHER = wholeKeyOf(Buffer.alloc(32, 2).toString('base64'))
const PLACE = ['house', '1', 'secret_1']

describe('what is sealed', () => {
  test('opens in its own place, whatever it is, and looks different each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string()), (secret, place) => {
        const sealed = seal(KEY, secret, place)
        expect(unseal([OTHER, KEY], sealed, place)).toEqual(ok(secret))
        expect(seal(KEY, secret, place)).not.toEqual(sealed)
      }),
      { seed: 5, numRuns: 100 },
    )
  })

  test('opens in no other place, with no other key, and not once a bit of it has changed', () => {
    const sealed = seal(KEY, 'a secret', PLACE)
    for (const place of [
      ['house', '2', 'secret_1'],
      ['other', '1', 'secret_1'],
      ['house', '1', 'secret_2'],
      ['house1', 'secret_1'],
    ])
      expect(unseal([KEY], sealed, place)).toEqual(err('damaged'))
    expect(unseal([OTHER], sealed, PLACE)).toEqual(err('unknown-key'))
    expect(unseal([OTHER], { ...sealed, sealedBy: OTHER.fingerprint }, PLACE)).toEqual(err('damaged'))
    const bytes = Buffer.from(sealed.ciphertext, 'base64')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(unseal([KEY], { ...sealed, ciphertext: changed.toString('base64') }, PLACE)).toEqual(err('damaged'))
    }
    for (const broken of [{ nonce: '' }, { ciphertext: '' }, { ciphertext: 'AAAA' }, { nonce: 'AAAA' }])
      expect(unseal([KEY], { ...sealed, ...broken }, PLACE)).toEqual(err('damaged'))
  })
})

describe('an encryption key', () => {
  test('is 32 bytes as base64 or hex, of whichever alphabet', async () => {
    const bytes = Buffer.alloc(32, 0xfb)
    const texts = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]
    const keys = await Promise.all(texts.map((text) => encryptionKeyOf(text, '')))
    expect(new Set(keys.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    expect(keys.map((key) => Buffer.from(key.bytes).equals(bytes))).toEqual([true, true, true])
    expect(wholeKeyOf(newEncryptionKey()).bytes).toHaveLength(32)
  })

  test('is made of a passphrase and a salt, the same each time', async () => {
    const [one, again, salted] = [
      await encryptionKeyOf('a long passphrase', 'salt'),
      await encryptionKeyOf('a long passphrase', 'salt'),
      await encryptionKeyOf('a long passphrase', 'pepper'),
    ]
    expect(one).toEqual(again)
    expect(one.fingerprint).not.toBe(salted.fingerprint)
  })
})

describe('a ring of keys', () => {
  const place = { providerId: 'house', id: '1', secretId: 'secret_1' }
  const none = { find: () => undefined, make: () => err('set encryption_key') }

  test('seals with the newest and opens with each', () => {
    const before = createKeyring([OTHER], none).seal('a secret', place)
    const ring = createKeyring([KEY, OTHER], none)
    const after = ring.seal('a secret', place)
    if (!before.ok || !after.ok) throw new Error('not sealed')
    expect([before.value.sealedBy, after.value.sealedBy]).toEqual([OTHER.fingerprint, KEY.fingerprint])
    for (const { value } of [before, after]) expect(ring.unseal(value, place)).toEqual(ok('a secret'))
    expect(createKeyring([KEY], none).unseal(before.value, place)).toEqual(err('unknown-key'))
    expect(ring.newest()).toEqual(ok(KEY.fingerprint))
  })

  test('without any says what to do; with a spare one, uses it, and reads by it later', () => {
    expect(createKeyring([], none).seal('a secret', place)).toEqual(err('set encryption_key'))
    expect(createKeyring([], none).newest()).toEqual(err('set encryption_key'))
    const spare = { find: () => OTHER, make: () => ok(OTHER) }
    const sealed = createKeyring([], spare).seal('a secret', place)
    if (!sealed.ok) throw new Error('not sealed')
    expect(createKeyring([KEY], spare).unseal(sealed.value, place)).toEqual(ok('a secret'))
  })
})
