import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Json, NOON_MS, type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
const PATH = '/api/admin/reconciliations'

beforeAll(async () => {
  plane = await openControlPlane()
  const userId = await plane.newUser()
  const credit = { amount_usd: '10', reason: 'Top-up', idempotency_key: 'a' }
  await plane.admin('POST', `/api/admin/users/${userId}/credits`, credit)
  const { id: keyId } = await plane.newKey(userId)
  for (const requestId of ['req_1', 'req_2']) await plane.newReceipt({ userId, keyId, requestId, atMs: NOON_MS })
  await plane.store.counters.feed()
})
afterAll(() => plane.close())

const exported = (input: number, output: number): string =>
  `usage_date_utc,model_version,usage_input_tokens_no_cache,usage_output_tokens\n2026-11-21,small-1-20260901,${input},${output}\n`

const reconcile = (more: Json) => plane.admin('POST', PATH, { provider: 'demo', ...more })

describe('comparing an export with the receipts', () => {
  test('finds nothing where both say the same', async () => {
    const { status, json } = await reconcile({ content: exported(2_000, 20) })
    expect(status).toBe(201)
    expect(json).toMatchObject({ ok: true, above: 0, format: 'anthropic-usage-csv', since: '2026-11-21' })
  })

  test('tells a drift by day and model, in tokens and as a share of theirs, and keeps the report', async () => {
    const { json } = await reconcile({ content: exported(4_000, 20) })
    expect(json).toMatchObject({ ok: false, above: 1, until: '2026-11-21' })
    expect(json.rows).toEqual([
      {
        day: '2026-11-21',
        model: 'small-1',
        drifts: [
          { measure: 'input', theirs: '4000', ours: '2000', difference: '-2000', percent: '-50.0000', above: true },
          { measure: 'output', theirs: '20', ours: '20', difference: '0', percent: '0.0000', above: false },
        ],
      },
    ])
    const { rows: _, ...summary } = json
    const kept = await plane.admin('GET', `${PATH}/${String(json.id)}`)
    expect(kept.json).toEqual(json)
    const listed = await plane.admin('GET', `${PATH}?provider=demo`)
    expect((listed.json.data as readonly Json[]).find(({ id }) => id === json.id)).toEqual(summary)
    // Of a clock that stands still, which of two is the later nobody can say.
    expect((await plane.store.reconciliations.latest()).map(({ provider }) => provider)).toEqual(['demo'])
  })

  test('takes the thresholds and names it is given', async () => {
    const high = await reconcile({ content: exported(4_000, 20), threshold_tokens: '2000' })
    expect(high.json.ok).toBe(true)
    const low = await reconcile({ content: exported(2_001, 20), threshold_tokens: '0', threshold_percent: '0.01' })
    expect(low.json.ok).toBe(false)
    const named = exported(2_000, 20).replace('small-1-20260901', 'deployment-7')
    expect((await reconcile({ content: named, models: { 'deployment-7': 'small-1' } })).json.ok).toBe(true)
    expect((await reconcile({ content: named })).json.ok).toBe(false)
  })

  test('costs are compared in dollars', async () => {
    const content = 'usage_date_utc,model,cost_usd\n2026-11-21,Small 1,0.006060000\n'
    expect((await reconcile({ content })).json.totals).toMatchObject([
      { measure: 'cost_usd', theirs: '0.006060000', ours: '0.006060000', above: false },
    ])
  })

  test('what cannot be read, and days that are not in it, are refused by name', async () => {
    const unreadable = await reconcile({ content: 'a,b\n1,2\n' })
    expect([unreadable.status, unreadable.json.error]).toMatchObject([400, { param: 'content' }])
    const elsewhere = await reconcile({ content: exported(1, 1), since: '2026-12-01' })
    expect([elsewhere.status, elsewhere.json.error]).toMatchObject([400, { param: 'since' }])
    const threshold = await reconcile({ content: exported(1, 1), threshold_percent: '-1' })
    expect([threshold.status, threshold.json.error]).toMatchObject([400, { param: 'threshold_percent' }])
    const years = await reconcile({ content: 'usage_date_utc,model,cost_usd\n0001-01-01,m,5\n9999-12-30,m,5\n' })
    expect([years.status, years.json.error]).toMatchObject([400, { param: 'content' }])
    expect((await plane.admin('GET', `${PATH}/reconciliation_none`)).status).toBe(404)
  })

  test('an export may be longer than other bodies, from the operator alone', async () => {
    const content = exported(2_000, 20) + '2026-11-21,small-1,0,0\n'.repeat(5_000)
    expect((await reconcile({ content })).status).toBe(201)
    expect((await plane.send('POST', PATH, { provider: 'demo', content })).status).toBe(401)
    expect((await reconcile({ content: 'x'.repeat(17_000_000) })).status).toBe(413)
  })
})
