import { nano } from './arithmetic.ts'
import type { BalanceJson, LedgerCheckJson, ReceiptJson } from '../harness/admin.ts'
import type { Gateway } from '../harness/gateway.ts'
import type { Told } from './client.ts'
import type { Clientele } from './customers.ts'
import type { Operator } from './operator.ts'
import type { Serve } from './upstream.ts'

/** The parts of a receipt that are held against what others remember. */
export interface Receipt extends ReceiptJson {
  readonly at: string
  readonly user_id: string
  readonly key_id: string
  readonly project_id: string | null
  readonly group: string
  readonly service_tier: string
  readonly uncollected_usd: string
  /** The other receipt of its request, which this one takes the place of. */
  readonly corrects?: string
  readonly raw_usage: { readonly workload_serve?: number } | null
}

/** A row of `GET /api/admin/usage`. */
export interface DailyRow {
  readonly day: string
  readonly user_id: string
  readonly key_id: string
  readonly project_id: string | null
  readonly model: string
  readonly provider: string
  readonly requests: number
  readonly failed: number
  readonly tokens: Readonly<Record<string, number>>
  readonly cost_usd: string
  readonly uncollected_usd: string
  readonly provider_cost_usd: string
}

/** All that anybody knows of a run when it is over. */
export interface Evidence {
  readonly clientele: Clientele
  readonly told: readonly Told[]
  /** By their id. */
  readonly serves: ReadonlyMap<number, Serve>
  readonly operator: Operator
  /** When replicas were killed. */
  readonly killsMs: readonly (readonly [number, number])[]
  readonly receipts: readonly Receipt[]
  readonly balances: ReadonlyMap<string, BalanceJson>
  readonly daily: readonly DailyRow[]
  readonly checks: readonly LedgerCheckJson[]
}

const get = async <T>(gateway: Gateway, path: string): Promise<T> => {
  const answer = await gateway.call('GET', path)
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body as T
}

const PAGE = 200

/** The receipts of a run's customers; `since`: the moment before its first request. */
export const readReceipts = async (gateway: Gateway, { customers }: Clientele, since: string): Promise<Receipt[]> => {
  const own = new Set(customers.map(({ userId }) => userId))
  const receipts: Receipt[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({ since, limit: String(PAGE), ...(cursor === null ? {} : { cursor }) })
    const page: { data: Receipt[]; next_cursor: string | null } = await get(gateway, `/api/admin/requests?${query}`)
    receipts.push(...page.data.filter(({ user_id }) => own.has(user_id)))
    cursor = page.next_cursor
  } while (cursor !== null)
  return receipts
}

export const readBalances = async (gateway: Gateway, { customers }: Clientele): Promise<Map<string, BalanceJson>> => {
  const balances = new Map<string, BalanceJson>()
  for (const { userId } of customers) balances.set(userId, await gateway.balance(userId))
  return balances
}

const chargedIn = (rows: readonly { readonly cost_usd: string }[]): bigint =>
  rows.reduce((sum, { cost_usd }) => sum + nano(cost_usd), 0n)

const CAUGHT_UP_MS = 120_000

/** The daily counters of a run's customers, once every receipt is counted. Gives up waiting, and says what there is. */
export const readDaily = async (gateway: Gateway, receipts: readonly Receipt[]): Promise<DailyRow[]> => {
  const own = new Set(receipts.map(({ user_id }) => user_id))
  const groupBy = 'day,user_id,key_id,project_id,model,provider'
  const requests = receipts.filter(({ corrects }) => corrects === undefined).length
  const charged = chargedIn(receipts)
  const deadlineMs = Date.now() + CAUGHT_UP_MS
  for (;;) {
    const answer = await get<{ data: DailyRow[] }>(gateway, `/api/admin/usage?group_by=${groupBy}`)
    const rows = answer.data.filter(({ user_id }) => own.has(user_id))
    const counted = rows.reduce((sum, { requests }) => sum + requests, 0)
    if ((counted >= requests && chargedIn(rows) >= charged) || Date.now() > deadlineMs) return rows
    await Bun.sleep(300)
  }
}

const SETTLED_MS = 2_000
const WRITTEN_MS = 60_000

/**
 * Waits until no replica has ends of requests that it has not written: whose hold was given back is open in no book. The
 * check of a replica waits some seconds for its own, and is answered at once where there are none.
 */
export const waitUntilWritten = async (gateways: readonly Gateway[]): Promise<void> => {
  const deadlineMs = Date.now() + WRITTEN_MS
  for (const gateway of gateways) {
    let fromMs: number
    do {
      fromMs = Date.now()
      await gateway.ledgerCheck()
    } while (Date.now() - fromMs > SETTLED_MS && Date.now() < deadlineMs)
  }
}

/** Holds outlast their replica for `hold_timeout`, and a database that failed for a minute: then nothing may be left. */
const RELEASED_MS = 150_000

/** Waits until nothing is held any more; how long that took. Throws when something stays held. */
export const waitUntilReleased = async (gateway: Gateway): Promise<number> => {
  const fromMs = Date.now()
  for (;;) {
    const { open_holds: open } = await gateway.ledgerCheck()
    const tookMs = Date.now() - fromMs
    if (open === 0) return tookMs
    if (tookMs > RELEASED_MS) throw new Error(`${open} holds are left after ${RELEASED_MS / 1_000} s`)
    await Bun.sleep(200)
  }
}
