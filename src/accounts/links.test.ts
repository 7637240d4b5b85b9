import { expect, test } from 'bun:test'
import { boundToken, isProof, resetIdentifier, splitToken, storedIdentifier } from './links.ts'

const SECRET = 'a secret of the tests'

test('a link counts for the sign-up it was sent for, and for no other', () => {
  const { token, proof } = splitToken(boundToken(SECRET, 'a.b.c', 'person_1'))
  expect(token).toBe('a.b.c')
  expect(isProof(proof, SECRET, token, 'person_1')).toBe(true)
  expect(isProof(proof, SECRET, token, 'person_2')).toBe(false)
  expect(isProof(proof, SECRET, 'a.b.d', 'person_1')).toBe(false)
  expect(isProof(proof, 'another secret', token, 'person_1')).toBe(false)
  expect(isProof('', SECRET, token, 'person_1')).toBe(false)
})

test('links to a new password can be told apart from all else that is kept, and none can be read', () => {
  expect(resetIdentifier('abc')).toStartWith('reset/')
  expect(storedIdentifier('trust-device-abc')).not.toContain('/')
  expect(resetIdentifier('abc')).not.toContain('abc')
})
