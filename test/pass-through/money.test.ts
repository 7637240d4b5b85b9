import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { JSON_TYPE, post, type Stand, startStand } from './stand.ts'

let stand: Stand
beforeAll(async () => {
  stand = await startStand()
})
afterAll(() => stand.stop())
beforeEach(() => {
  stand.vendor.answers.clear()
  stand.vendor.seen.length = 0
})

describe('money and limits', () => {
  test('what cannot be paid is not sent', async () => {
    const poor = await stand.gateway.createCustomer('0.000001')
    const asked = await stand.ask('/v1/vendor/infer', {
      ...post({ model: 'writer' }, { ...JSON_TYPE, authorization: `Bearer ${poor.key}` }),
    })
    expect(asked.status).toBe(402)
    expect(stand.vendor.seen).toHaveLength(0)
  })

  test('requests count against the limits of the key', async () => {
    const limited = await stand.gateway.createKey({ user_id: stand.customer.userId, rpm: 2 })
    stand.vendor.answers.set('any/x', () => new Response('ok'))
    const ask = () => stand.ask('/v1/vendor/any/x', { headers: { authorization: `Bearer ${limited.key}` } })
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
    const third = await ask()
    expect({ status: third.status, wait: third.headers.has('retry-after') }).toEqual({ status: 429, wait: true })
  })

  test("a vendor's refusal passes, and costs nothing", async () => {
    const said = '{"error":{"message":"no such thing","code":"x"}}'
    stand.vendor.answers.set('infer', () => new Response(said, { status: 422, headers: JSON_TYPE }))
    const answer = await stand.ask('/v1/vendor/infer', post({ model: 'writer' }))
    expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 422, text: said })
    expect(await stand.receipt(answer)).toMatchObject({ cost_usd: '0.000000000', ended: 'failed', status: 422 })
  })

  test('an answer that breaks off ends the connection, and what came is billed once', async () => {
    stand.vendor.answers.set('infer', () => {
      const body = new ReadableStream({
        async start(controller) {
          controller.enqueue(Buffer.from(`data: {"delta":"${'word '.repeat(100)}"}\n\ndata: {"del`))
          await Bun.sleep(50)
          controller.error(new Error('gone'))
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    })
    const answer = await stand.ask('/v1/vendor/infer', post({ model: 'writer', stream: true }))
    const ended = await answer.text().then(
      () => 'whole',
      () => 'broken',
    )
    expect(ended).toBe('broken')
    const receipt = await stand.receipt(answer)
    expect(receipt).toMatchObject({ ended: 'upstream_cut', usage_source: 'estimated' })
    expect(receipt.usage['output']).toBeGreaterThan(90)
  })

  test('a client that leaves ends the request upstream, and pays for what came', async () => {
    const cancelled = Promise.withResolvers<void>()
    stand.vendor.answers.set('infer', () => {
      const body = new ReadableStream({
        async pull(controller) {
          controller.enqueue(Buffer.from('data: {"delta":"word "}\n\n'))
          await Bun.sleep(10)
        },
        cancel: () => cancelled.resolve(),
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    })
    const leaving = new AbortController()
    const answer = await stand.ask('/v1/vendor/infer', {
      ...post({ model: 'writer', stream: true }),
      signal: leaving.signal,
    })
    const reader = answer.body?.getReader()
    await reader?.read()
    leaving.abort()
    await cancelled.promise
    let receipt = await stand.receipt(answer).catch(() => undefined)
    for (let turn = 0; !receipt && turn < 200; turn += 1) {
      await Bun.sleep(20)
      receipt = await stand.receipt(answer).catch(() => undefined)
    }
    expect(receipt).toMatchObject({ ended: 'client_cut', usage_source: 'estimated' })
  })

  test('nothing stays held, and the books add up', async () => {
    expect(await stand.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
    expect((await stand.gateway.balance(stand.customer.userId)).held_usd).toBe('0.000000000')
  })
})
