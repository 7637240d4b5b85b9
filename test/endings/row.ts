import { expect, test } from 'bun:test'
import { codeIn, readDocument, section, tableRows } from '../docs/documents.ts'
import type { Admin, Customer, ReceiptJson } from '../harness/admin.ts'
import { until } from '../harness/server-process.ts'

/** A row of the table in `docs/billing.md`, cell by cell. */
export interface Said {
  readonly id: string
  readonly happens: string
  readonly sees: string
  readonly ended: string
  readonly charged: string
  readonly source: string
}

const toSaid = (cells: readonly string[]): Said => {
  const [id = '', happens = '', sees = '', ended = '', charged = '', source = ''] = cells
  return { id: codeIn(id)[0] ?? '', happens, sees, ended, charged, source }
}

/** The document's table. */
export const SAID: readonly Said[] = tableRows(section(readDocument('docs/billing.md'), 'endings')).map(toSaid)

/** What the client got; `undefined`: it has left. */
export type Seen = { readonly status: number; readonly text: string } | undefined

/** One way of several to come to an ending: asked by a customer of its own, who asks nothing else. */
export interface Case {
  readonly customer: Customer
  readonly admin: Admin
  readonly seen: Seen
}

const NO_RECEIPT = 'no receipt'
const CREDIT = 100_000_000_000n
/** 10 tokens at 3 USD a million and 5 at 15, in nano-dollars: what each provider here reports. */
const REPORTED_COST = 105_000n
const ROW_MS = 60_000

/** The test of one row: what became of each case is what the document says. */
export const row = (id: string, prove: () => Promise<readonly Case[]>): void => {
  const said = SAID.find((each) => each.id === id)
  test(
    `${id}: ${said?.happens ?? 'not in the document'}`,
    async () => {
      if (!said) throw new Error(`docs/billing.md has no row ${id}`)
      const receipts: ReceiptJson[] = []
      for (const each of await prove()) {
        expectToSee(said, each.seen)
        const receipt = await receiptOf(each)
        if (receipt) receipts.push(receipt)
        expect(receipt === undefined).toBe(said.ended === NO_RECEIPT)
      }
      for (const receipt of receipts) expectCost(said, receipt)
      expect(unique(receipts.map(({ ended }) => ended))).toEqual(codeIn(said.ended).toSorted())
      // Of what is free nobody asks who counted it.
      if (said.source !== '')
        expect(unique(receipts.map((receipt) => receipt.usage_source))).toEqual(codeIn(said.source).toSorted())
    },
    ROW_MS,
  )
}

const unique = (words: readonly string[]): readonly string[] => [...new Set(words)].sort()

/** The only receipt of a case, once nothing of it is held; the balance is less by exactly that. */
const receiptOf = async ({ customer, admin }: Case): Promise<ReceiptJson | undefined> => {
  const { userId } = customer
  await until('nothing is held', async () => (await admin.balance(userId)).held_usd === '0.000000000')
  const receipts = await admin.requests({ user_id: userId })
  expect(receipts.length).toBeLessThan(2)
  const cost = nano(receipts[0]?.cost_usd ?? '0')
  expect(nano((await admin.balance(userId)).posted_usd)).toBe(CREDIT - cost)
  expect(await admin.ledgerCheck()).toMatchObject({ ok: true })
  return receipts[0]
}

const nano = (usd: string): bigint => BigInt(usd.replace('.', ''))

const expectCost = ({ charged }: Said, receipt: ReceiptJson): void => {
  const cost = nano(receipt.cost_usd)
  if (charged === 'nothing') expect(cost).toBe(0n)
  else if (receipt.usage_source === 'upstream') {
    expect(charged).toContain('what the provider reports')
    expect(cost).toBe(REPORTED_COST)
  } else {
    expect(charged).toMatch(/what (was delivered|was read|Tollgate counts)/)
    expect(cost).toBeGreaterThan(0n)
    expect(receipt.usage['output']).toBeGreaterThan(0)
  }
}

/** A status is a number, or `4xx` for all of a kind. */
const STATUS = /\b[1-5](?:\d\d|xx)\b/g

const expectToSee = ({ sees }: Said, seen: Seen): void => {
  // Whoever has left sees nothing more.
  if (seen === undefined) {
    expect(sees).toBe('')
    return
  }
  expect(sees).not.toBe('')
  const { status, text } = seen
  const named = [...(sees.match(STATUS) ?? []), ...(/its error\b/.test(sees) ? ['4xx', '5xx'] : [])]
  const statuses = named.length === 0 || /event/.test(sees) ? [...named, '200'] : named
  expect(statuses.filter((one) => one === String(status) || one === `${String(status)[0]}xx`)).not.toEqual([])
  expect([sees, /"error":/.test(text)]).toEqual([sees, /error|as it came/.test(sees) || status >= 400])
  if (sees.startsWith('what came')) expect(text).toContain('Hello')
  if (sees === 'the stream') expect(text).toMatch(/Hello[\s\S]*\[DONE\]/)
}
