/// `npm run bench -- console`: how long the log and the charts of the console take with many receipts in the database.
import { type DatabaseKind, DATABASES, makePlace } from '../test/harness/databases.ts'
import { type Gateway, startGateway } from '../test/harness/gateway.ts'
import { migrate } from '../src/db/migrate.ts'
import { ledgerOf } from '../src/ledger/fixture.ts'
import { type Customer, fill } from './console/fill.ts'

const DAY_MS = 86_400_000
const LIMIT_MS = 300

/** What is asked: a name, a path, and whether all of the answer is read or only its beginning. */
interface Question {
  readonly name: string
  readonly path: string
  readonly isHead?: true
}

const iso = (atMs: number): string => new Date(atMs).toISOString()

const questionsOf = (customer: Customer, deepCursor: string, nowMs: number): readonly Question[] => {
  const log = (name: string, query: string): Question => ({ name, path: `/api/me/requests?${query}` })
  const series = (name: string, query: string): Question => ({ name, path: `/api/me/usage/series?${query}` })
  const week = `interval=hour&since=${iso(nowMs - 7 * DAY_MS)}`
  return [
    log('log, first page', ''),
    log('log, page behind 10,000', deepCursor === '' ? '' : `cursor=${deepCursor}`),
    log('log, a key', `key_id=${customer.keyId}`),
    log('log, a project', 'project_id=project_01jd8m7r4habcdefghijkl03'),
    log('log, a model', 'model=model-2'),
    log('log, failures', 'status=5xx'),
    log('log, an ending', 'ended=failed'),
    log('log, a format', 'client_format=anthropic-messages'),
    log('log, a day', `since=${iso(nowMs - 9 * DAY_MS)}&until=${iso(nowMs - 8 * DAY_MS)}`),
    log('log, an id', 'q=req_01kd8m9h4t0000000000000a1'),
    log('log, a part of a model', 'q=model-5'),
    log('log, a model there is none of', 'model=none'),
    log('log, a status there is none of', 'status=404'),
    log('log, a key and a status of none', `key_id=${customer.keyId}&status=404`),
    series('series, 30 days', ''),
    series('series, 30 days by model', 'by=model'),
    series('series, 30 days by key', 'by=key'),
    series('series, 7 days by the hour', week),
    series('series, 7 days by the hour, by model', `${week}&by=model`),
    series('series, 7 days by the hour, by key', `${week}&by=key`),
    { name: 'usage, 30 days by model and key', path: '/api/me/usage?group_by=model,key_id' },
    { name: 'log as CSV, its beginning', path: '/api/me/requests.csv', isHead: true },
    { name: 'ledger, first page', path: '/api/me/ledger' },
    { name: 'ledger, what is no charge', path: '/api/me/ledger?only=others' },
    { name: 'invoices', path: '/api/me/invoices' },
  ]
}

const ADMIN: readonly Question[] = [
  { name: 'administrator: log, first page', path: '/api/admin/requests' },
  { name: 'administrator: log, a model of none', path: '/api/admin/requests?model=none' },
  { name: 'administrator: log, a status of none', path: '/api/admin/requests?status=404' },
  { name: 'administrator: series, 30 days by model', path: '/api/admin/usage/series?by=model' },
  { name: 'administrator: series, a day by the hour', path: '/api/admin/usage/series?interval=hour' },
]

const askOnce = async (url: string, secret: string, { path, isHead }: Question): Promise<number> => {
  const hangUp = new AbortController()
  const began = performance.now()
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${secret}` }, signal: hangUp.signal })
  if (isHead) await answer.body?.getReader().read()
  else await answer.arrayBuffer()
  const tookMs = performance.now() - began
  hangUp.abort()
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
  return tookMs
}

interface Row {
  readonly name: string
  readonly p50: number
  readonly p95: number
}

const timed = async (gateway: Gateway, secret: string, question: Question, times: number): Promise<Row> => {
  const taken: number[] = []
  for (let time = 0; time < times; time += 1) taken.push(await askOnce(gateway.url, secret, question))
  taken.sort((one, other) => one - other)
  const at = (share: number): number => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0
  return { name: question.name, p50: at(0.5), p95: at(0.95) }
}

const deepCursorOf = async (gateway: Gateway, { secret }: Customer): Promise<string> => {
  let cursor = ''
  for (let page = 0; page < 50; page += 1) {
    const query = new URLSearchParams({ limit: '200', ...(cursor && { cursor }) })
    const answer = await fetch(`${gateway.url}/api/me/requests?${query}`, { headers: { 'x-api-key': secret } })
    const { next_cursor: next } = (await answer.json()) as { readonly next_cursor: string | null }
    if (next === null) break
    cursor = next
  }
  return cursor
}

const measure = async (
  kind: DatabaseKind,
  receipts: number,
  organisations: number,
  times: number,
): Promise<readonly Row[]> => {
  const place = await makePlace(kind)
  const database = await place.open()
  const migrated = await migrate(database)
  if (!migrated.ok) throw new Error(migrated.error)
  const nowMs = Date.now()
  const [customer] = await fill(database, ledgerOf(database), receipts, organisations, nowMs)
  if (!customer) throw new Error('there is no customer')
  await database.close()
  const gateway = await startGateway({ config: { database: place.address, providers: { demo: { kind: 'demo' } } } })
  try {
    const questions = questionsOf(customer, await deepCursorOf(gateway, customer), nowMs)
    const rows: Row[] = []
    for (const question of questions) rows.push(await timed(gateway, customer.secret, question, times))
    for (const question of ADMIN) rows.push(await timed(gateway, gateway.adminKey, question, times))
    return rows
  } finally {
    await gateway.stop()
    await place.remove()
  }
}

const shown = ({ p50, p95 }: Row): string => `${p50.toFixed(0)} / ${p95.toFixed(0)}${p95 > LIMIT_MS ? ' !' : ''}`

/** Fills databases, asks them what the console asks, and prints the milliseconds of each, p50 / p95. */
export const benchConsole = async (args: readonly string[]): Promise<void> => {
  const named = (name: string, usual: number): number => {
    const at = args.indexOf(`--${name}`)
    return at === -1 ? usual : Number(args[at + 1])
  }
  const isQuick = args.includes('--quick')
  const receipts = named('receipts', isQuick ? 10_000 : 100_000)
  const times = named('times', isQuick ? 5 : 20)
  const kinds = DATABASES.filter((kind) => !args.includes('--only') || args.includes(kind))
  const columns: { readonly title: string; readonly rows: readonly Row[] }[] = []
  for (const kind of kinds)
    for (const organisations of args.includes('--organisations') ? [named('organisations', 1)] : [1, 200]) {
      const rows = await measure(kind, receipts, organisations, times)
      columns.push({ title: `${kind}, ${organisations === 1 ? 'one organisation' : `${organisations} of them`}`, rows })
    }
  console.log(`${receipts} receipts of 30 days; milliseconds, p50 / p95 of ${times}, by HTTP:\n`)
  console.log(`| asked | ${columns.map(({ title }) => title).join(' | ')} |`)
  console.log(`|---|${columns.map(() => '---|').join('')}`)
  for (const [index, { name }] of (columns[0]?.rows ?? []).entries())
    console.log(`| ${name} | ${columns.map(({ rows }) => (rows[index] ? shown(rows[index]) : '')).join(' | ')} |`)
}
