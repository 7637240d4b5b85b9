import { describe, expect, test } from 'bun:test'
import { generateKeyPairSync, sign } from 'node:crypto'
import { canonicalJson, verdictOf } from './signature.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const keys = [{ kid: 'k', x: publicKey.export({ format: 'jwk' }).x ?? '' }]

const signed = (receipt: Record<string, unknown>) => ({
  ...receipt,
  signature: {
    alg: 'Ed25519',
    key_id: 'k',
    value: sign(null, Buffer.from(canonicalJson(receipt)), privateKey).toString('base64url'),
  },
})

const RECEIPT = { request_id: 'req_1', b: [1, { z: null, a: 'é\u2028' }], A: 0.5, raw_usage: { 10: 1, 9: 2 } }

describe('the signature of a receipt', () => {
  test('is over the text of RFC 8785: no white space, members in the order of their code units', () => {
    const text = '{"A":0.5,"b":[1,{"a":"é\u2028","z":null}],"raw_usage":{"10":1,"9":2},"request_id":"req_1"}'
    expect(canonicalJson(RECEIPT)).toBe(text)
  })

  test.each([
    ['as it was signed', signed(RECEIPT), 'genuine'],
    ['with a word changed', { ...signed(RECEIPT), A: 0.6 }, 'forged'],
    ['with a member added', { ...signed(RECEIPT), more: 1 }, 'forged'],
  ] as const)('tells a receipt %s', async (_, receipt, verdict) => {
    expect(await verdictOf(receipt, keys)).toBe(verdict)
  })

  test('of a key that is not published proves nothing', async () => {
    expect(await verdictOf(signed(RECEIPT), [])).toBe('unknown-key')
  })
})
