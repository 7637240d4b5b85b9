import { expect } from 'bun:test'
import { CHAT, chatAnswer, DIALECTS, replyJson, type Stage, stream } from '../faults/scripted.ts'
import type { Customer } from '../harness/admin.ts'
import { until } from '../harness/server-process.ts'

const ANSWER = replyJson(chatAnswer())
/** 10 tokens at 3 USD a million and 5 at 15, in nano-dollars: what each answer here costs. */
const COST = 105_000n
const CREDIT = 10_000_000_000n

/** Somebody who keeps count of what they were given, and knows what they have to pay for it. */
export interface Asker {
  readonly customer: Customer
  ask(dialect?: (typeof DIALECTS)[keyof typeof DIALECTS]): Promise<Response>
  /** Asks, and gives back the answer where it is a refusal. */
  servedOrRefused(): Promise<Response | undefined>
  /** Asks, and was answered. */
  expectServed(): Promise<void>
  /** Begins a stream, and gives back how to have the rest of it: it is whole, and counts as served. */
  beginStream(): Promise<() => Promise<void>>
  /** Asks until it is answered. */
  untilServed(): Promise<void>
  /** Everything that was served is charged, once, and nothing else is; nothing is held; the books are sound. */
  expectBooks(): Promise<void>
}

export const newAsker = async (stage: Stage, keyOptions: Readonly<Record<string, unknown>> = {}): Promise<Asker> => {
  const { gateway } = stage
  const customer = await gateway.createCustomer('10', keyOptions)
  const headers = { 'x-api-key': customer.key }
  let served = 0n
  const ask: Asker['ask'] = (dialect = DIALECTS.chat) => stage.ask(dialect, ANSWER, { headers })
  const servedOrRefused = async (): Promise<Response | undefined> => {
    const answer = await ask()
    if (answer.status !== 200) return answer
    await answer.text()
    served += 1n
    return undefined
  }
  return {
    customer,
    ask,
    servedOrRefused,
    expectServed: async () => {
      expect((await servedOrRefused())?.status).toBeUndefined()
    },
    beginStream: async () => {
      const mayEnd = Promise.withResolvers<void>()
      const script = stream(async (out) => {
        await out.write(CHAT.text('Hello'))
        await mayEnd.promise
        await out.write(CHAT.end(10, 5))
        out.end()
      })
      const answer = await stage.ask(DIALECTS.chat, script, { headers, body: { stream: true } })
      expect(answer.status).toBe(200)
      return async () => {
        mayEnd.resolve()
        expect(await answer.text()).toContain('[DONE]')
        served += 1n
      }
    },
    untilServed: () => until('a request is served again', async () => (await servedOrRefused()) === undefined),
    expectBooks: async () => {
      await until('nothing is held', async () => {
        const { held_usd } = await gateway.balance(customer.userId)
        return held_usd === '0.000000000'
      })
      const { posted_usd } = await gateway.balance(customer.userId)
      expect(BigInt(posted_usd.replace('.', ''))).toBe(CREDIT - served * COST)
      const charged = async (): Promise<number> => {
        const receipts = await gateway.requests({ user_id: customer.userId })
        return receipts.filter(({ cost_usd }) => cost_usd !== '0.000000000').length
      }
      await until('every receipt is written', async () => (await charged()) >= served)
      expect(await charged()).toBe(Number(served))
      expect(await gateway.ledgerCheck()).toMatchObject({ ok: true })
    },
  }
}
