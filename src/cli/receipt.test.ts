import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { holdRequest, makeUser, openBench, receiptOf, temporaryFolder } from '../ledger/fixture.ts'
import { createSigner, newReceiptKey } from '../receipts/signature.ts'
import { RECEIPT } from '../receipts/test-parts.ts'
import { nanoUsd } from '../units.ts'
import { runIn } from './test-command.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const run = (...args: string[]) => runIn(folder.path, args, { database: 'a.db', config: 'a.yaml' })
const file = (name: string, value: unknown): string => {
  const path = join(folder.path, name)
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value, null, 2))
  return path
}

const key = newReceiptKey()
const signed = createSigner(key)(RECEIPT)
const keys = file('keys.json', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: key.x, kid: key.kid }] })

describe('tollgate receipt verify', () => {
  test('proves cost and signature of a file, offline', async () => {
    const { code, out, problems } = await run('receipt', 'verify', file('good.json', signed), '--key', keys)
    expect([code, problems]).toEqual([0, ''])
    expect(out).toContain('The cost is right: $0.042497906.')
    expect(out).toContain(`The signature is right: key ${key.kid}.`)
  })

  const bad: readonly [string, unknown, RegExp][] = [
    ['a changed name', { ...signed, provider: 'another' }, /^Not proven\. .*changed after it was signed/],
    ['a changed cost', { ...signed, cost_usd: '0.000000001' }, /The cost is wrong\. .*\$0\.042497906[\s\S]*Not proven/],
    ['no signature', RECEIPT, /no signature/],
    ['an answer that is no receipt', { error: { message: 'no' } }, /usage is not an object/],
    ['text', 'hello', /cannot be read as JSON/],
  ]
  test.each(bad)('fails with 1, and says why, for %s', async (_what, value, words) => {
    const { code, problems } = await run('receipt', 'verify', file('bad.json', value), '--key', keys)
    expect(code).toBe(1)
    expect(problems).toMatch(words)
  })

  test('fails with keys that are not the operator’s, or none', async () => {
    const { x } = newReceiptKey()
    for (const [name, value] of [
      ['others.json', { keys: [{ kty: 'OKP', crv: 'Ed25519', x }] }],
      ['empty.json', { keys: [] }],
    ] as const) {
      const { code, problems } = await run('receipt', 'verify', file('good.json', signed), '--key', file(name, value))
      expect(code).toBe(1)
      expect(problems).toContain(name === 'empty.json' ? 'There is no Ed25519 key' : 'not among those to trust')
    }
  })

  test('without keys is wrong usage; with --unsigned the cost alone is checked, and that is said', async () => {
    const path = file('plain.json', RECEIPT)
    expect((await run('receipt', 'verify', path)).code).toBe(2)
    const { code, out } = await run('receipt', 'verify', path, '--unsigned')
    expect(code).toBe(0)
    expect(out).toContain('The signature was not checked.')
  })

  test('as JSON says the same', async () => {
    const { code, out } = await run('receipt', 'verify', file('good.json', signed), '--key', keys, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      ok: true,
      request_id: RECEIPT.request_id,
      cost: { ok: true, usd: RECEIPT.cost_usd },
      signature: { ok: true, key_id: key.kid },
    })
  })
})

describe('a receipt of the database', () => {
  beforeAll(async () => {
    writeFileSync(join(folder.path, 'a.yaml'), '{}')
    const bench = await openBench(join(folder.path, 'a.db'))
    const who = await makeUser(bench, 1_000_000_000n)
    await bench.ledger.hold(holdRequest(who, 'req_1', 10_000_000n))
    // 1,540 tokens at three dollars a million.
    bench.ledger.settle('req_1', nanoUsd(4_620_000n), ({ charged, uncollected }) =>
      receiptOf(who, 'req_1', { cost: charged, uncollected }),
    )
    await bench.ledger.flush()
    await bench.close()
  })

  test('is proven by its id, with the keys of the same database, before and after they rotate', async () => {
    const first = await run('receipt', 'verify', 'req_1')
    expect([first.code, first.problems]).toEqual([0, ''])
    expect(first.out).toContain('The cost is right: $0.004620000.')
    expect((await run('receipt', 'rotate')).out).toContain('now.')
    expect((await run('receipt', 'verify', 'req_1')).code).toBe(0)
  })

  test('that nobody wrote is not there', async () => {
    const { code, problems } = await run('receipt', 'verify', 'req_2')
    expect(code).toBe(1)
    expect(problems).toContain('There is no receipt req_2')
  })
})
