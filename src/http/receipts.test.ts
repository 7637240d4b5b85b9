import { describe, expect, test } from 'bun:test'
import { callOf, OPENING, PRINCIPAL } from '../gateway/test-parts.ts'
import { receiptOf } from '../ledger/fixture.ts'
import { err, ok } from '../result.ts'
import { createReceiptsEndpoint } from './receipts.ts'

const RECEIPT = receiptOf(PRINCIPAL, OPENING.requestId)

const stage = (userId = PRINCIPAL.userId) => {
  const looked: string[] = []
  const needs: string[] = []
  const endpoint = createReceiptsEndpoint({
    enter: async (_call, need) => {
      needs.push(need)
      if (userId === '') return err(new Response('invalid-api-key', { status: 401 }))
      return ok({ principal: { ...PRINCIPAL, userId }, headers: {} })
    },
    refuse: (_call, error) => new Response(error.kind, { status: 599 }),
    receipts: {
      find: async (id: string) => {
        looked.push(id)
        return id === RECEIPT.requestId ? RECEIPT : undefined
      },
    } as never,
  })
  const ask = (path: string, method = 'GET') =>
    endpoint({ ...callOf(), request: new Request('http://127.0.0.1/', { method }) }, path)
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
    ['/v1/receipt/req_1', 'GET'],
  ])('%s by %s is left to other endpoints', (path, method) => {
    const { ask, needs } = stage()
    expect(ask(path, method)).toBeUndefined()
    expect(needs).toEqual([])
  })
})
