import { describe, expect, test } from 'bun:test'
import { canonicalJson } from './canonical-json.ts'
import { createSigner, newReceiptKey, readTrustedKeys, thumbprintOf, verifySignature } from './signature.ts'
import { RECEIPT } from './test-parts.ts'

/** The first key of RFC 8032, section 7.1. */
const X = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex').toString('base64url')
const D = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex').toString('base64url')
const KEY = { kid: thumbprintOf(X), x: X, d: D }
const PUBLIC = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: X, kid: KEY.kid }] }
const trusted = readTrustedKeys(PUBLIC)
const signed = createSigner(KEY)(RECEIPT)

/** Both made by other programs than ours: the text by a JSON encoder that sorts, the signature by OpenSSL. */
const CANONICAL =
  '{"action":"generate","at":"2026-11-21T12:00:00.007Z","attempts":[{"channel":"kiro-0","error":"overloaded","ms":3,"status":529},{"channel":"kiro-1","error":null,"ms":840,"status":200}],"channel":"kiro-1","client_format":"anthropic-messages","cost_usd":"0.042497906","ended":"whole","group":"default","key_id":"key_1","latency_ms":845,"model_requested":"aiproxy/sonnet","model_served":"claude-sonnet-4-6","multipliers":{"group":"0.95","model":"1","plan_discount":"0.125","user":"1"},"overhead_ms":2,"prices":{"cache_read":"0.300000000","cache_write_1h":"6.000000000","cache_write_5m":"3.750000000","input":"3.000000000","output":"15.000000000","per_web_search":"0.010000000"},"project_id":"web","provider":"claude-main","quote_usd":"0.183589875","raw_usage":{"input_tokens":1200,"ratio":0.1,"service_tier":"standard"},"request_id":"req_01jd8m9h4t","service_tier":"standard","status":200,"stream":true,"ttft_ms":210,"uncollected_usd":"0.000000000","upstream_format":"anthropic-messages","usage":{"cache_read":18001,"cache_write_1h":0,"cache_write_5m":2500,"input":1200,"output":850,"reasoning":300,"web_searches":2},"usage_source":"upstream","user_id":"user_1","warnings":["the field x was left out"]}'
const VALUE = '2tcv1zLVYCE0p8mshqni3nzPjiK-LSddcZXWbg-h04KnZDqHCIyDC31WPD1ljikAAPCszzCi8g7P98iBv_JUAA'

type Path = readonly (string | number)[]

/** Every place in a value that holds something by itself, empty lists and objects among them. */
const leavesOf = (value: unknown, path: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value).flatMap(([name, member]) =>
    leavesOf(member, [...path, Array.isArray(value) ? Number(name) : name]),
  )
  return inside.length > 0 ? inside : [path]
}

/** A deep copy with another value at `path`; `undefined`: the member is gone. */
const changed = (value: unknown, [first, ...rest]: Path, to: (old: unknown) => unknown): unknown => {
  if (first === undefined) return to(value)
  if (Array.isArray(value)) return value.map((item, at) => (at === first ? changed(item, rest, to) : item))
  const members = value as Readonly<Record<string, unknown>>
  return { ...members, [first]: changed(members[first], rest, to) }
}

const differently = (old: unknown): unknown => {
  if (typeof old === 'number') return old + 1
  if (typeof old === 'string') return old.endsWith('0') ? `${old.slice(0, -1)}1` : `${old}0`
  if (typeof old === 'boolean') return !old
  return Array.isArray(old) ? ['more'] : 'something'
}

describe('a signed receipt', () => {
  test('has the signature that anybody else would compute', () => {
    expect(KEY.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
    expect(canonicalJson(RECEIPT)).toBe(CANONICAL)
    expect(signed.signature).toEqual({ alg: 'Ed25519', key_id: KEY.kid, value: VALUE })
    expect(verifySignature(signed, trusted)).toEqual({ ok: true, value: KEY.kid })
  })

  test('is proven however its JSON was laid out in between', () => {
    const entries = Object.entries(JSON.parse(JSON.stringify(signed, null, 4)) as object).reverse()
    expect(verifySignature(Object.fromEntries(entries), trusted).ok).toBe(true)
  })

  const leaves = leavesOf(signed)
  test('has many places to tamper with', () => expect(leaves.length).toBeGreaterThan(45))
  test.each(leaves.map((path) => [path.join('.'), path] as const))('is broken by a change of %s', (_name, path) => {
    expect(verifySignature(changed(signed, path, differently), trusted).ok).toBe(false)
  })
  test.each(Object.keys(signed))('is broken without its %s', (name) => {
    expect(verifySignature({ ...signed, [name]: undefined }, trusted).ok).toBe(false)
  })
  test('is broken by anything added, beside the signature or in it', () => {
    expect(verifySignature({ ...signed, discount: '1' }, trusted).ok).toBe(false)
    expect(verifySignature({ ...signed, signature: { ...signed.signature, more: 1 } }, trusted).ok).toBe(false)
  })

  test('is not proven by another key, and the words say which was named', () => {
    const other = newReceiptKey()
    const others = readTrustedKeys({ kty: 'OKP', crv: 'Ed25519', x: other.x })
    const verified = verifySignature(signed, others)
    expect(verified.ok ? '' : verified.error).toContain(KEY.kid)
    const forged = readTrustedKeys({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: other.x, kid: KEY.kid }] })
    const named = verifySignature(signed, forged)
    expect(named.ok ? '' : named.error).toContain('changed after it was signed')
  })

  test.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ signature: null }],
    [{ signature: { alg: 'none', key_id: 'a', value: '' } }],
  ])('is not %p', (value) => expect(verifySignature(value, trusted).ok).toBe(false))
})

describe('keys to trust', () => {
  test.each([
    ['a set', PUBLIC, 1],
    ['a key by itself', PUBLIC.keys[0], 1],
    ['keys of other kinds beside it', { keys: [{ kty: 'RSA', n: 'x' }, ...PUBLIC.keys, null] }, 1],
    ['a key that is too short', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }] }, 0],
    ['nothing', {}, 0],
    ['text', 'keys', 0],
  ])('are read from %s', (_what, json, count) => {
    expect(readTrustedKeys(json).length).toBe(count)
  })
})
