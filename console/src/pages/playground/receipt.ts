import type { Schema } from '../../api/types.ts'
import { membersOf } from './reading.ts'

export type Receipt = Pick<Schema<'Receipt'>, 'cost_usd' | 'usage' | 'model_served' | 'provider'>

const TRIES = 6
const FIRST_WAIT_MS = 100

/**
 * What a request cost, asked for with the key that made it: whoever looks may be signed in for another organisation. A
 * receipt is written a moment after the answer, so it is asked for a few times. `undefined`: there is none, or the key may
 * not see it.
 */
export const receiptOf = async (requestId: string, key: string): Promise<Receipt | undefined> => {
  for (let tried = 0; tried < TRIES; tried += 1) {
    await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** tried))
    const answer = await ask(requestId, key)
    if (answer === undefined || answer.ok) return answer === undefined ? undefined : readReceipt(await answer.json())
    if (answer.status !== 404) return undefined
  }
  return undefined
}

const ask = async (requestId: string, key: string): Promise<Response | undefined> => {
  try {
    return await fetch(`/v1/receipts/${encodeURIComponent(requestId)}`, {
      headers: { authorization: `Bearer ${key}` },
      credentials: 'omit',
    })
  } catch {
    // Nothing answers: what is shown without a receipt is still true.
    return undefined
  }
}

const readReceipt = (body: unknown): Receipt | undefined =>
  typeof membersOf(body).cost_usd === 'string' ? (body as Receipt) : undefined
