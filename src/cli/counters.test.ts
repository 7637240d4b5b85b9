import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKysely } from '../db/dialect.ts'
import { writeReceipt } from '../db/fixture.ts'
import { migrate } from '../db/migrate.ts'
import { receiptOf } from '../ledger/fixture.ts'
import { openDatabase } from '../runtime/database.ts'
import { nanoUsd } from '../units.ts'
import { runIn } from './test-command.ts'

let folder = ''
const inFolder = (name: string): string => join(folder, name)

/** A command in this process. */
const run = (...args: string[]) => runIn(folder, args)

/** Uses the database as another process would. */
const withDatabase = async (
  use: (db: ReturnType<typeof openKysely>, write: (id: string) => Promise<void>) => Promise<void>,
) => {
  const database = await openDatabase(inFolder('books.db'))
  await migrate(database)
  const who = { userId: 'user_1', keyId: 'key_1' }
  const atMs = Date.UTC(2026, 10, 20, 9)
  await use(openKysely(database), (id) => writeReceipt(database, receiptOf(who, id, { atMs, cost: nanoUsd(5n) })))
  await database.close()
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
  writeFileSync(inFolder('plain.yaml'), 'plans: { basic: { rpm: 5 } }\n')
  await withDatabase(async (_, write) => {
    for (const id of ['req_1', 'req_2', 'req_3']) await write(id)
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('rebuild-counters', () => {
  test('counts what was not counted, then finds nothing wrong, then mends what is', async () => {
    const first = await run('rebuild-counters', '--json')
    expect([first.code, JSON.parse(first.out)]).toEqual([0, { counted: 3, differing: 0 }])
    await withDatabase(async (db) => {
      await db.updateTable('daily_usage').set({ requests: 2 }).execute()
    })
    expect((await run('rebuild-counters')).out).toContain('wrong and are mended: 1')
    expect((await run('rebuild-counters')).out).toContain('The counters were right.')
  })
})

describe('reconcile', () => {
  const HEAD = 'usage_date_utc,model_version,usage_input_tokens_no_cache,usage_output_tokens\n'
  const reconcile = (rows: string, ...more: string[]) => {
    writeFileSync(inFolder('export.csv'), HEAD + rows)
    return run('reconcile', '--provider', 'provider-1', '--file', inFolder('export.csv'), ...more)
  }

  test('an export that says what the receipts say ends with 0', async () => {
    const { code, out } = await reconcile('2026-11-20,model-1,3600,1020\n')
    expect(code).toBe(0)
    expect(out).toContain(
      'provider-1, 2026-11-20 to 2026-11-20 (anthropic-usage-csv). Nothing is above the thresholds.',
    )
  })

  test('one that differs ends with 1, and says where and by how much', async () => {
    const { code, out } = await reconcile('2026-11-20,model-1,9600,1020\n')
    expect(code).toBe(1)
    expect(out).toMatch(/2026-11-20 +model-1 +input +9600 +3600 +-6000 +-62.5000/)
    const json = await reconcile('2026-11-20,model-1,9600,1020\n', '--json')
    expect([json.code, JSON.parse(json.out)]).toMatchObject([1, { ok: false, above: 1 }])
  })

  test('thresholds, days and names are taken', async () => {
    expect((await reconcile('2026-11-20,model-1,9600,1020\n', '--threshold-percent', '70')).code).toBe(0)
    expect((await reconcile('2026-11-20,model-1,9600,1020\n', '--threshold-tokens', '6000')).code).toBe(0)
    expect((await reconcile('2026-11-20,x,3600,1020\n', '--models', 'x=model-1')).code).toBe(0)
    const days = await reconcile('2026-11-20,model-1,3600,1020\n2026-11-21,model-1,9999,0\n', '--until', '2026-11-20')
    expect(days.code).toBe(0)
  })

  test('what is missing, unreadable or malformed is said', async () => {
    expect(await run('reconcile', '--file', 'x')).toMatchObject({ code: 2, problems: '--provider is missing.\n' })
    expect((await run('reconcile', '--provider', 'p', '--file', inFolder('none.csv'))).code).toBe(1)
    expect(await reconcile('2026-13-45,m,1,1\n')).toMatchObject({
      code: 2,
      problems: expect.stringContaining('not a time'),
    })
    expect((await reconcile('2026-11-20,m,1,1\n', '--models', 'x')).code).toBe(2)
  })
})
