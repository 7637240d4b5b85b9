import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Customer } from '../harness/admin.ts'
import { type Replayed, startReplayed } from '../harness/replayed.ts'
import { type Fault, NEVER_ANSWERS } from '../replay/fault.ts'
import { bodyBytes } from '../replay/interaction.ts'
import { ask, FORMATS, textOf } from './formats.ts'

let stage: Replayed
let customer: Customer

beforeAll(async () => {
  const timeouts = { first_byte: '700ms', idle: '700ms' }
  stage = await startReplayed(
    FORMATS.flatMap(({ unary, streamed }) => [unary, streamed]),
    { config: { timeouts } },
  )
  customer = await stage.gateway.createCustomer('1000')
})
afterAll(() => stage.stop())
afterEach(() => stage.replay.control(undefined))

const receiptOf = (answer: Response) => stage.gateway.receipt(answer.headers.get('x-request-id') ?? '', customer.key)

const VENDOR_ERROR = '{"error":{"type":"invalid_request_error","message":"said by the vendor"}}'
const status = (code: number, headers: Record<string, string> = {}, body = VENDOR_ERROR): Fault => ({
  answer: { status: code, headers, body },
})

const UNARY: readonly (readonly [what: string, fault: Fault, status: number, says: RegExp])[] = [
  ['never answers', NEVER_ANSWERS, 504, /did not begin to answer within 0\.7 s \(timeouts\.first_byte\)/],
  ['answers what is no HTTP', { garbage: 'not-http' }, 502, /try again/],
  ['answers broken JSON', { garbage: 'not-json' }, 502, /not readable/],
  ['answers a page for people', { garbage: 'html' }, 502, /not readable/],
  ['resets before it answers, each time', { cut: { how: 'reset', after: 'before-headers' } }, 502, /try again/],
  ['resets in the middle of its body', { cut: { how: 'reset', after: 20 } }, 502, /try again/],
  ['closes in the middle of its body', { cut: { how: 'close', after: 20 } }, 502, /try again/],
  [
    'stalls in the middle of its body',
    { cut: { how: 'stall', after: 20 } },
    504,
    /sent nothing for 0\.7 s \(timeouts\.idle\)/,
  ],
  ['refuses the request', status(400), 400, /said by the vendor/],
  ['refuses the gateway’s credentials', status(401), 502, /Your key is fine/],
  ['has no money left from the gateway', status(402), 502, /Your key is fine/],
  ['does not know the model', status(404), 404, /said by the vendor/],
  ['limits the rate', status(429, { 'retry-after': '9' }), 429, /said by the vendor/],
  ['limits the rate with a page for people', status(429, { 'retry-after': '9' }, '<html>'), 429, /Wait/],
  ['fails', status(500), 502, /said by the vendor/],
  ['fails with a page for people', status(500, {}, '<html>'), 502, /try again/],
  ['is overloaded', status(529), 529, /said by the vendor/],
]

describe('an upstream that', () => {
  for (const format of FORMATS) {
    test.each(UNARY)(
      `%s is told to a client of ${format.name} as what it is, and costs nothing`,
      async (_what, fault, code, says) => {
        stage.replay.control(fault)
        const answer = await ask(stage.gateway.url, format.unary, customer.key)
        const text = await answer.text()
        expect([answer.status, text]).toEqual([code, expect.stringMatching(says)])
        expect(JSON.parse(text)).toHaveProperty('error')
        if (code === 429 || code === 529) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
        expect(await receiptOf(answer)).toMatchObject({ cost_usd: '0.000000000', ended: 'failed' })
      },
    )

    test(`repeats the key it refuses does not tell it to a client of ${format.name}`, async () => {
      const key = `upstream-secret-${format.name.split('-')[0]}`
      const said = `Incorrect API key provided: ${key}.`
      const error = { type: 'error', error: { type: 'invalid_request_error', code: 400, message: said } }
      const event = `event: error\ndata: ${JSON.stringify(error)}\n\n`
      const faults = [
        [format.unary, status(400, {}, JSON.stringify(error))],
        [format.unary, status(200, {}, JSON.stringify(error))],
        [format.streamed, status(200, { 'content-type': 'text/event-stream' }, event)],
      ] as const
      for (const [interaction, fault] of faults) {
        stage.replay.control(fault)
        const text = await (await ask(stage.gateway.url, interaction, customer.key)).text()
        expect(text).toContain('Incorrect API key provided: [key].')
      }
    })

    test(`resets a kept connection once before it answers is asked again, unseen by a client of ${format.name}`, async () => {
      stage.replay.control({ cut: { how: 'reset', after: 'before-headers' }, times: 1 })
      const answer = await ask(stage.gateway.url, format.unary, customer.key)
      expect([answer.status, await answer.text()]).toEqual([200, textOf(format.unary)])
    })
  }
})

const CUTS: readonly ('reset' | 'close' | 'end' | 'stall')[] = ['reset', 'close', 'end', 'stall']

describe('a stream whose upstream', () => {
  for (const format of FORMATS) {
    const whole = textOf(format.streamed)
    const bytes = bodyBytes(format.streamed).length

    test.each(CUTS)(
      `does %s in the middle ends for a client of ${format.name} with an error of its format`,
      async (how) => {
        // Pieces some time apart, as vendors send them: what arrives together with the break may go down with it.
        stage.replay.control({ cut: { how, after: Math.floor(bytes * 0.6) }, pieceBytes: 200, betweenPiecesMs: 5 })
        const answer = await ask(stage.gateway.url, format.streamed, customer.key)
        const text = await answer.text()
        const at = text.search(format.streamError)
        expect([answer.status, text.slice(0, at).trim()]).toEqual([200, expect.stringMatching(/\S/)])
        // What was delivered before is the recording, in whole events.
        expect(whole.startsWith(text.slice(0, at).trimEnd())).toBe(true)
        const receipt = await receiptOf(answer)
        expect(receipt).toMatchObject({ ended: 'upstream_cut', usage_source: 'estimated', status: 200 })
        expect(Number(receipt.cost_usd)).toBeGreaterThan(0)
        expect(receipt.usage['output']).toBeGreaterThan(0)
      },
    )

    test(`resets before any content costs a client of ${format.name} nothing`, async () => {
      stage.replay.control({ cut: { how: 'reset', after: 10 } })
      const answer = await ask(stage.gateway.url, format.streamed, customer.key)
      expect(await answer.text()).toMatch(/"error"/)
      expect(await receiptOf(answer)).toMatchObject({ cost_usd: '0.000000000', ended: 'failed' })
    })
  }
})

describe('after all these faults', () => {
  test('nothing is held, the ledger adds up and the money gone is what the receipts say', async () => {
    const receipts = await stage.gateway.requests({ user_id: customer.userId })
    const spent = receipts.reduce((sum, { cost_usd }) => sum + BigInt(cost_usd.replace('.', '')), 0n)
    const { posted_usd, held_usd } = await stage.gateway.balance(customer.userId)
    expect(BigInt(posted_usd.replace('.', ''))).toBe(1_000_000_000_000n - spent)
    expect(held_usd).toBe('0.000000000')
    expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
    expect(stage.replay.complaints()).toEqual([])
  })
})
