import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, type DatabasePlace, makePlace, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import type { Database, Statement } from '../database.ts'
import type { ReceiptFilter, SeriesFilter } from '../log-types.ts'
import { migrate } from '../migrate.ts'
import { openStore } from '../store.ts'
import type { Store } from '../types.ts'

/// How long a page of the console takes must not grow with what is passed over. How long it does take is measured by
/// `npm run bench -- console`; here each database says by which way it finds the rows.

const HOUR_MS = 3_600_000
const NOW_MS = Date.UTC(2026, 10, 21, 12)
const [since, until] = [NOW_MS - 720 * HOUR_MS, NOW_MS]
const USER = 'user_01jd8m3q7x'

/** Tables that grow with traffic: none of them may be read from one end to the other. */
const GROWING = ['receipts', 'found', 'transactions', 'hourly_usage', 'daily_usage', 'daily_provider_usage', 'payloads']

const FILTERS: Readonly<Record<string, ReceiptFilter>> = {
  nothing: {},
  'a key': { keyId: 'key_1' },
  'a project': { projectId: 'project_1' },
  'a model': { model: 'model-1' },
  'a provider': { provider: 'demo' },
  'a format': { clientFormat: 'openai-chat' },
  'an ending': { ended: 'failed' },
  'a status': { status: 404 },
  'a class of statuses': { statusClass: 5 },
  'a time': { sinceMs: since, untilMs: until },
  'a part of a model': { text: 'model' },
  'an id': { text: 'req_01kd8m9h4t' },
  everything: { keyId: 'key_1', model: 'model-1', ended: 'whole', statusClass: 2, sinceMs: since, untilMs: until },
}

const SERIES: Readonly<Record<string, Partial<SeriesFilter>>> = {
  'by the day': { interval: 'day' },
  'by the day and model': { interval: 'day', by: 'model' },
  'by the hour': { interval: 'hour' },
  'by the hour and key': { interval: 'hour', by: 'keyId' },
  'by the hour, of one key and model': { interval: 'hour', keyId: 'key_1', model: 'model-1' },
}

type Ask = (store: Store) => Promise<unknown>
const PAGE = { cursor: undefined, limit: 50 }

const asksOf = (userId: string | undefined): readonly (readonly [string, Ask])[] => {
  const whose = userId === undefined ? {} : { userId }
  return [
    ...Object.entries(FILTERS).map(
      ([name, filter]) =>
        [`the log by ${name}`, (store: Store) => store.receipts.list({ ...filter, ...whose }, PAGE)] as const,
    ),
    ...Object.entries(SERIES).map(
      ([name, filter]) =>
        [
          `series ${name}`,
          (store: Store) =>
            store.series.points({ interval: 'day', sinceMs: since, untilMs: until, ...whose, ...filter }, 1_000),
        ] as const,
    ),
  ]
}

const OTHERS: readonly (readonly [string, Ask])[] = [
  ['a receipt', (store) => store.receipts.find('req_1')],
  ['the live tail', (store) => store.receipts.after(1_000n, 100)],
  ['a captured payload', (store) => store.payloads.find('req_1')],
  ['postings', (store) => store.statements.list({ userId: USER }, PAGE)],
  ['a month of an invoice', (store) => store.statements.sums(USER, since, until)],
]

describe.each([...DATABASES])('on %s', (kind) => {
  let place: DatabasePlace
  let database: Database
  beforeAll(async () => {
    place = await makePlace(kind)
    database = await place.open()
    const migrated = await migrate(database)
    if (!migrated.ok) throw new Error(migrated.error)
  }, START_TIMEOUT_MS)
  afterAll(() => place.remove())

  /** The statements that a question comes to. */
  const statementsOf = async (ask: Ask): Promise<readonly Statement[]> => {
    const said: Statement[] = []
    const listening: Database = {
      ...database,
      run: (statements) => {
        said.push(...statements)
        return database.run(statements)
      },
    }
    await ask(openStore(listening, { nowMs: () => NOW_MS }))
    return said.filter(({ sql }) => /^\s*(?:select|with)/i.test(sql))
  }

  /** What of it reads a whole table, or sorts all that was found, to know which are on a page of the log. */
  const slowIn = async (statement: Statement): Promise<readonly string[]> => {
    // Ids that begin alike are few: they may be sorted, or looked for along the page.
    const isById = statement.sql.includes('"found"')
    const isPage = /from "receipts" .*limit/.test(statement.sql) && !isById
    const plan = kind === 'sqlite' ? await planOfSqlite(statement) : await planOfPostgres(statement)
    // Along an index, newest first, a page is read until it is full; anything else would be read to the end.
    const isInOrder = isById || (isPage && !plan.includes('sorts'))
    return plan.filter((step) => (step === 'sorts' ? isPage : !isInOrder || !step.startsWith('goes along')))
  }

  const explained = async (before: readonly string[], sql: string, { parameters }: Statement) => {
    const lease = await database.lease()
    try {
      for (const setting of before) await lease.execute({ sql: setting, parameters: [] })
      const answered = await lease.execute({ sql, parameters })
      if (!answered.ok) throw new Error(`${answered.error.message}: ${sql}`)
      return answered.value.rows
    } finally {
      await lease.release()
    }
  }

  const planOfSqlite = async (statement: Statement): Promise<readonly string[]> => {
    const rows = await explained([], `EXPLAIN QUERY PLAN ${statement.sql}`, statement)
    return rows.flatMap((row) => {
      const detail = String(row['detail'])
      const [, table = ''] = /^SCAN (\w+)/.exec(detail) ?? []
      if (GROWING.includes(table)) return [`${detail.includes(' USING ') ? 'goes along' : 'reads all of'} ${table}`]
      return detail === 'USE TEMP B-TREE FOR ORDER BY' ? ['sorts'] : []
    })
  }

  /** With what it would do for a small table forbidden, for the tests have no large ones. */
  const planOfPostgres = async (statement: Statement): Promise<readonly string[]> => {
    const forbidden = ['BEGIN', 'SET LOCAL enable_seqscan = off', 'SET LOCAL enable_sort = off']
    const rows = await explained(forbidden, `EXPLAIN (FORMAT JSON) ${statement.sql}`, statement)
    const [written] = Object.values(rows[0] ?? {})
    const plans = (typeof written === 'string' ? JSON.parse(written) : written) as readonly {
      readonly Plan: PlanNode
    }[]
    return plans.flatMap(({ Plan }) => stepsOf(Plan))
  }

  test.each([...asksOf(USER), ...OTHERS])('%s is found by an index, for an organisation', async (_, ask) => {
    const statements = await statementsOf(ask)
    expect(statements.length).toBeGreaterThan(0)
    for (const statement of statements) expect([statement.sql, await slowIn(statement)]).toEqual([statement.sql, []])
  })

  test.each(asksOf(undefined))('%s is found by an index, for administrators', async (_, ask) => {
    for (const statement of await statementsOf(ask))
      expect([statement.sql, await slowIn(statement)]).toEqual([statement.sql, []])
  })

  test('what has none is seen', async () => {
    const whole = { sql: 'select body from "receipts" where ended = ? order by body limit 5', parameters: ['x'] }
    const statement = kind === 'sqlite' ? whole : { ...whole, sql: whole.sql.replace('?', '$1') }
    expect(await slowIn(statement)).toContain('sorts')
  })
})

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

const stepsOf = (node: PlanNode): readonly string[] => {
  const inside = (node.Plans ?? []).flatMap(stepsOf)
  const { 'Node Type': type, 'Relation Name': table = '' } = node
  if (type === 'Sort') return ['sorts', ...inside]
  if (!GROWING.includes(table)) return inside
  if (type === 'Seq Scan') return [`reads all of ${table}`, ...inside]
  const isWhole = /^Index (?:Only )?Scan/.test(type) && node['Index Cond'] === undefined
  return isWhole ? [`goes along ${table}`, ...inside] : inside
}
