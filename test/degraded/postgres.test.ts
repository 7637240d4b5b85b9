import { afterAll, beforeAll, expect } from 'bun:test'
import { Client } from 'pg'
import { DIALECTS, START_MS, type Stage, startStage } from '../faults/scripted.ts'
import { codeIn } from '../docs/documents.ts'
import { START_TIMEOUT_MS } from '../harness/databases.ts'
import { type PostgresServer, startPostgres } from '../harness/postgres.ts'
import { until } from '../harness/server-process.ts'
import { type Asker, newAsker } from './customer.ts'
import { type TcpProxy, startProxy } from './proxy.ts'
import { expectRefused, expectSeen, refusalsCounted, row } from './row.ts'

/// One gateway lives through all of this, and is never restarted.

/** Not a superuser: those are let in when nobody else is. */
const ROLE = 'CREATE ROLE gateway LOGIN PASSWORD $$secret$$'

let server: PostgresServer
let address: string
let proxy: TcpProxy
let stage: Stage

beforeAll(async () => {
  server = await startPostgres()
  address = await server.createDatabase()
  await sql(ROLE, `GRANT ALL ON SCHEMA public TO gateway`, `ALTER DATABASE ${name()} OWNER TO gateway`)
  proxy = await startProxy(address)
  const own = new URL(address)
  own.username = 'gateway'
  own.password = 'secret'
  stage = await startStage({ database: proxy.through(own.href), log: { level: 'info' }, shutdown_timeout: '1s' })
}, START_MS + START_TIMEOUT_MS)
afterAll(async () => {
  await stage?.stop()
  await proxy?.stop()
  await server?.stop()
}, START_MS)

const name = (): string => new URL(address).pathname.slice(1)

/** As the operator of the server, not by way of the proxy. */
const sql = async (...statements: readonly string[]): Promise<void> => {
  const client = new Client({ connectionString: address, options: '-c default_transaction_read_only=off' })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** Whoever only reads is served. */
const expectReads = async (): Promise<void> => {
  expect((await stage.gateway.call('GET', '/api/admin/users')).status).toBe(200)
}

/** Ends the gateway's connections, so that it has to make new ones. */
const disconnect = (): Promise<void> =>
  sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'gateway'`)

const untilReady = (): Promise<void> =>
  until('the gateway is ready', async () => (await fetch(`${stage.gateway.url}/health/ready`)).status === 200)

/** Somebody whose key the gateway has never seen. */
const stranger = async (): Promise<() => Promise<Response>> => {
  const asker = await newAsker(stage)
  return () => asker.ask()
}

interface Outage {
  readonly said: Parameters<Parameters<typeof row>[1]>[0]
  readonly begin: () => unknown
  readonly end: () => unknown
  /** What more is so while it lasts. */
  readonly meanwhile?: (asker: Asker) => Promise<void>
}

/** What every outage has in common: what was admitted is served and paid for, and nothing else is admitted. */
const liveThrough = async ({ said, begin, end, meanwhile }: Outage): Promise<void> => {
  const asker = await newAsker(stage)
  await asker.expectServed()
  const askUnknown = await stranger()
  const finish = await asker.beginStream()
  const refusedBefore = await refusalsCounted(stage)
  await begin()
  try {
    await expectRefused(said, () => asker.ask())
    await expectRefused(said, () => asker.ask(DIALECTS.messages))
    await finish()
    await meanwhile?.(asker)
    expect((await fetch(`${stage.gateway.url}/health`)).status).toBe(200)
    await expectSeen(said, stage)
    expect(await refusalsCounted(stage)).toBeGreaterThanOrEqual(refusedBefore + 2)
  } finally {
    // The rows that follow are not to fail for this one.
    await end()
  }
  await asker.untilServed()
  await untilReady()
  await asker.expectBooks()
  expect((await askUnknown()).status).toBe(200)
}

row('postgres-slow', async (said) => {
  const asker = await newAsker(stage)
  const finish = await asker.beginStream()
  proxy.slowBy(150)
  await asker.expectServed()
  await finish()
  await expectSeen(said, stage)
  proxy.slowBy(0)
  await asker.expectBooks()
})

row('postgres-cut', async (said) => {
  const asker = await newAsker(stage)
  await asker.expectServed()
  const finish = await asker.beginStream()
  proxy.cut()
  await finish()
  await asker.expectServed()
  await expectSeen(said, stage)
  await asker.expectBooks()
})

row('postgres-stalled', async (said) => {
  const askUnknown = await stranger()
  await liveThrough({
    said,
    begin: () => server.suspend(),
    end: () => server.resume(),
    meanwhile: () => expectRefused(said, askUnknown),
  })
})

row('postgres-down', async (said) => {
  const askUnknown = await stranger()
  await liveThrough({
    said,
    begin: () => server.kill(),
    end: () => server.start(),
    meanwhile: async ({ customer, ask }) => {
      for (const dialect of Object.values(DIALECTS)) await expectRefused(said, () => ask(dialect))
      await expectRefused(said, askUnknown)
      const get = (path: string, key: string) => () =>
        fetch(stage.gateway.url + path, { headers: { 'x-api-key': key } })
      await expectRefused(said, get('/v1/receipts/req_1', customer.key))
      await expectRefused(said, get('/v1/responses/resp_1', customer.key))
      await expectRefused(said, get('/api/admin/users', stage.gateway.adminKey))
      await expectRefused(said, get(`/api/admin/users/${customer.userId}/balance`, stage.gateway.adminKey))
      expect((await get('/v1/models', customer.key)()).status).toBe(200)
    },
  })
})

row('postgres-restarted', async (said) => {
  const asker = await newAsker(stage)
  await asker.expectServed()
  const finish = await asker.beginStream()
  await server.shutDown()
  await expectRefused(said, () => asker.ask())
  await server.start()
  await asker.untilServed()
  await finish()
  await expectSeen(said, stage)
  await asker.expectBooks()
})

row('postgres-read-only', (said) =>
  liveThrough({
    said,
    begin: async () => {
      await sql(`ALTER DATABASE ${name()} SET default_transaction_read_only = on`)
      await disconnect()
    },
    meanwhile: expectReads,
    // The sessions that could only read are still there.
    end: () => sql(`ALTER DATABASE ${name()} RESET default_transaction_read_only`),
  }),
)

/** What a disk that is full is noticed by. */
const WRITTEN = ['holds', 'transactions', 'settings']

row('postgres-full', (said) =>
  liveThrough({
    said,
    begin: () =>
      sql(
        `CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`,
        ...WRITTEN.map(
          (table) => `CREATE TRIGGER no_space BEFORE INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION no_space()`,
        ),
      ),
    meanwhile: expectReads,
    // One at a time: CASCADE locks all of them at once, against writers who lock them in another order.
    end: () => sql(...WRITTEN.map((table) => `DROP TRIGGER no_space ON ${table}`), 'DROP FUNCTION no_space'),
  }),
)

row('postgres-connections', async (said) => {
  // As long as it has some, it does with those.
  await sql('ALTER ROLE gateway CONNECTION LIMIT 1')
  const asker = await newAsker(stage)
  await Promise.all(Array.from({ length: 20 }, () => asker.expectServed()))
  await asker.expectBooks()
  await liveThrough({
    said,
    begin: async () => {
      await sql('ALTER ROLE gateway CONNECTION LIMIT 0')
      await disconnect()
    },
    end: () => sql('ALTER ROLE gateway CONNECTION LIMIT -1'),
  })
})

row('postgres-down-stop', async (said) => {
  const asker = await newAsker(stage)
  const finish = await asker.beginStream()
  await server.kill()
  await finish()
  const stopped = stage.gateway.stop()
  expect(await Promise.race([stopped, Bun.sleep(1_500)])).toBeUndefined()
  for (const words of ['operations wait']) expect(`${said.log} ${stage.gateway.output()}`).toContain(words)
  await server.start()
  expect(await stopped).toBe(0)
  stage = await startStage({ database: address })
  expect((await stage.gateway.requests({ user_id: asker.customer.userId }))[0]?.cost_usd).toBe('0.000105000')
  expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
})

row('postgres-gone-stop', async (said) => {
  await stage.stop()
  const settings = { database: address, settle_timeout: '1s', billing: { hold_timeout: '1s' } }
  stage = await startStage(settings)
  const asker = await newAsker(stage)
  const finish = await asker.beginStream()
  await server.kill()
  await finish()
  expect(await stage.gateway.stop()).toBe(1)
  const output = stage.gateway.output()
  for (const words of codeIn(said.log)) expect(output).toContain(words)
  const [, lost = ''] = /"msg":"The end of request \S+ could not be written: [^;]+; lost: (.*)"\}/.exec(output) ?? []
  // Escaped twice, being JSON in a line of JSON.
  expect(JSON.parse(JSON.parse(`"${lost}"`))).toMatchObject({ kind: 'end' })
  await server.start()
  stage = await startStage(settings)
  const receipts = () => stage.gateway.requests({ user_id: asker.customer.userId })
  await until('its hold is given back', async () => (await receipts()).length > 0)
  expect(await receipts()).toMatchObject([{ ended: 'abandoned', cost_usd: '0.000000000' }])
  expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
})
