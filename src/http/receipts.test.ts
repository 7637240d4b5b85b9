import { describe, expect, test } from 'bun:test'
import { callOf, OPENING, PRINCIPAL } from '../gateway/test-parts.ts'
import { receiptOf } from '../ledger/fixture.ts'
import { createReceiptKeys } from '../receipts/keys.ts'
import { readTrustedKeys, verifySignature } from '../receipts/signature.ts'
import { memorySettings } from '../receipts/test-parts.ts'
import { err, ok } from '../result.ts'
import { createReceiptKeysEndpoint } from './receipt-keys.ts'
import { createReceiptsEndpoint } from './receipts.ts'

const RECEIPT = receiptOf(PRINCIPAL, OPENING.requestId)

const stage = (userId = PRINCIPAL.userId) => {
  const looked: string[] = []
  const needs: string[] = []
  const receiptKeys = createReceiptKeys({ settings: memorySettings(), nowMs: () => 0 })
  const published = createReceiptKeysEndpoint({ receiptKeys })
  const endpoint = createReceiptsEndpoint({
    enter: async (_call, need) => {
      needs.push(need)
      if (userId === '') return err(new Response('invalid-api-key', { status: 401 }))
      return ok({ principal: { ...PRINCIPAL, userId }, headers: {} })
    },
    refuse: (_call, error) => new Response(error.kind, { status: 599 }),
    receiptKeys,
    receipts: {
      find: async (id: string) => {
        looked.push(id)
        return id === RECEIPT.requestId ? RECEIPT : undefined
      },
    } as never,
  })
  const ask = (path: string, method = 'GET') => {
    const call = { ...callOf(), request: new Request('http://127.0.0.1/', { method }) }
    return endpoint(call, path) ?? published(call, path)
  }
  return { ask, looked, needs }
}

describe('a receipt', () => {
  test('is shown to the user whose request it is, with the scope for it, and never cached', async () => {
    const { ask, needs } = stage()
    const answer = await ask('/v1/receipts/req_1')
    expect(answer?.status).toBe(200)
    expect(await answer?.json()).toMatchObject({ request_id: 'req_1', user_id: 'user_1', cost_usd: '0.000000000' })
    expect(answer?.headers.get('cache-control')).toBe('no-store')
    expect(needs).toEqual(['receipts'])
  })

  test('is signed with a key that is published for anybody', async () => {
    const { ask } = stage()
    const receipt: unknown = await (await ask('/v1/receipts/req_1'))?.json()
    const published = await ask('/.well-known/tollgate-receipts.json')
    expect(published?.headers.get('cache-control')).toBe('public, max-age=60')
    const keys = readTrustedKeys(await published?.json())
    expect(verifySignature(receipt, keys).ok).toBe(true)
    expect(verifySignature({ ...(receipt as object), cost_usd: '0.000000001' }, keys).ok).toBe(false)
  })

  test('of somebody else is refused in the very words of one that does not exist', async () => {
    const others = await stage('user_2').ask('/v1/receipts/req_1')
    const nobodys = await stage().ask('/v1/receipts/req_2')
    expect([others?.status, await others?.text()]).toEqual([nobodys?.status, await nobodys?.text()])
  })

  test('is not looked for without a key', async () => {
    const { ask, looked } = stage('')
    expect(await (await ask('/v1/receipts/req_1'))?.text()).toBe('invalid-api-key')
    expect(looked).toEqual([])
  })

  test.each([
    ['/v1/receipts/', 'GET'],
    ['/v1/receipts/req_1/more', 'GET'],
    ['/v1/receipts/req%201', 'GET'],
    [`/v1/receipts/${'a'.repeat(129)}`, 'GET'],
    ['/v1/receipts/req_1', 'POST'],
    ['/v1/receipts/req_1', 'DELETE'],
    ['/.well-known/tollgate-receipts.json', 'POST'],
    ['/.well-known/other.json', 'GET'],
    ['/v1/receipt/req_1', 'GET'],
  ])('%s by %s is left to other endpoints', (path, method) => {
    const { ask, needs } = stage()
    expect(ask(path, method)).toBeUndefined()
    expect(needs).toEqual([])
  })
})
