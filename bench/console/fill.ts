import type { Receipt } from '../../src/canon/receipt.ts'
import { NO_USAGE } from '../../src/canon/usage.ts'
import type { Database } from '../../src/db/database.ts'
import { openKysely } from '../../src/db/dialect.ts'
import { writeHeading, writeParticulars } from '../../src/db/receipt-json.ts'
import { openStore } from '../../src/db/store.ts'
import { newSecret } from '../../src/keys/secret.ts'
import { makeUser, receiptOf } from '../../src/ledger/fixture.ts'
import type { Ledger } from '../../src/ledger/types.ts'
import { nanoUsd, tokens } from '../../src/units.ts'

/** An organisation as the bench asks for it. */
export interface Customer {
  readonly userId: string
  readonly keyId: string
  readonly secret: string
}

const DAYS = 30
const DAY_MS = 86_400_000
const MODELS = 6
const KEYS = 8
const PROJECTS = 5
const ROWS_AT_ONCE = 500

/** Numbers that look random and are the same each time. */
const sequenceOf = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/**
 * Writes so many receipts of the last thirty days, of so many organisations, each with some keys, models and projects; and
 * counts them. The organisations, the first of which has as many receipts as any.
 */
export const fill = async (
  database: Database,
  ledger: Ledger,
  receipts: number,
  organisations: number,
  untilMs: number,
): Promise<readonly Customer[]> => {
  const store = openStore(database)
  const db = openKysely(database)
  const customers: Customer[] = []
  const keys: string[][] = []
  for (let index = 0; index < organisations; index += 1) {
    const { userId, keyId } = await makeUser({ store, ledger }, 1_000_000_000_000n)
    const { secret, hash, prefix } = newSecret()
    const first = await store.keys.find(keyId)
    if (!first) throw new Error('a key that was made is not there')
    const key = await store.keys.create({ ...first, name: 'bench', prefix }, hash)
    const others = await Promise.all(
      Array.from({ length: KEYS - 1 }, (_, other) =>
        store.keys.create({ ...first, name: `key ${other}` }, `${userId}${other}`),
      ),
    )
    keys.push([key.id, ...others.map(({ id }) => id)])
    customers.push({ userId, keyId: key.id, secret })
  }
  const next = sequenceOf(7)
  const headings = new Map<string, string>()
  for (let done = 0; done < receipts; done += ROWS_AT_ONCE) {
    const rows = []
    for (let index = done; index < Math.min(receipts, done + ROWS_AT_ONCE); index += 1) {
      const place = index % organisations
      const key = next(KEYS)
      const keyId = keys[place]?.[key] ?? ''
      const atMs = Math.floor(untilMs - DAYS * DAY_MS + (index / receipts) * DAYS * DAY_MS)
      const receipt = receiptNumbered(
        index,
        { userId: customers[place]?.userId ?? '', keyId },
        atMs,
        key % PROJECTS,
        next,
      )
      const heading = writeHeading(receipt)
      const id = headings.get(heading) ?? `heading_${String(headings.size).padStart(12, '0')}`
      if (!headings.has(heading)) {
        headings.set(heading, id)
        const { modelRequested, modelServed } = receipt
        const row = { id, model_requested: modelRequested, model_served: modelServed, body: heading }
        await db.insertInto('headings').values(row).execute()
      }
      rows.push({
        request_id: receipt.requestId,
        at_ms: atMs,
        user_id: receipt.userId,
        key_id: keyId,
        heading_id: id,
        status: receipt.status,
        ended: receipt.ended,
        cost_nano: receipt.cost,
        body: writeParticulars(receipt),
      })
    }
    await db.insertInto('receipts').values(rows).execute()
  }
  for (;;) {
    const fed = await store.counters.feed()
    if (fed === 0) break
  }
  return customers
}

const receiptNumbered = (
  index: number,
  who: { readonly userId: string; readonly keyId: string },
  atMs: number,
  project: number,
  next: (below: number) => number,
): Receipt => {
  const model = next(MODELS)
  const isFailed = next(50) === 0
  return receiptOf(who, `req_01kd8m9h4t${index.toString(36).padStart(16, '0')}`, {
    atMs,
    projectId: project === 0 ? null : `project_01jd8m7r4habcdefghijkl0${project}`,
    modelRequested: `model-${model}`,
    modelServed: `vendor-model-${model}-2026-11-01`,
    provider: `provider-${model % 2}`,
    stream: next(3) > 0,
    clientFormat: next(4) === 0 ? 'anthropic-messages' : 'openai-chat',
    status: isFailed ? 502 : 200,
    ended: isFailed ? 'failed' : 'whole',
    usage: {
      ...NO_USAGE,
      input: tokens(200 + next(9_000)),
      cacheRead: tokens(next(20_000)),
      output: tokens(next(2_000)),
    },
    cost: nanoUsd(isFailed ? 0n : BigInt(next(90_000_000))),
    latencyMs: 200 + next(20_000),
    ttftMs: 100 + next(2_000),
  })
}
