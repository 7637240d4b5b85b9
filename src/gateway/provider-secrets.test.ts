import { expect, test } from 'bun:test'
import type { Provider } from '../routing/types.ts'
import { secretsHiderOf } from './provider-secrets.ts'
import { candidateOf } from './test-parts.ts'

const providerOf = (...keys: readonly string[]): Provider => ({ ...candidateOf().channel.provider, keys })
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
