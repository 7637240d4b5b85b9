import { afterAll, beforeAll, expect, test } from 'bun:test'
import { START_TIMEOUT_MS } from '../../test/harness/databases.ts'
import { type PostgresServer, startPostgres } from '../../test/harness/postgres.ts'
import { readPostgresAddress } from './postgres-address.ts'
import { type Connection, type Connections, openConnections } from './postgres-connections.ts'

let server: PostgresServer
let connections: Connections
beforeAll(async () => {
  server = await startPostgres()
  const address = readPostgresAddress(await server.createDatabase())
  if (!address.ok) throw new Error(address.error)
  const limits = { connectionsMax: 2, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000, lockTimeoutMs: 5_000 }
  connections = openConnections(address.value, limits)
}, START_TIMEOUT_MS)
afterAll(async () => {
  await connections.close()
  await server.stop()
})

const TIMEOUT_MS = 100
const ONE = { text: 'SELECT 1 AS one', values: [] }

const borrow = async (): Promise<Connection> => {
  const borrowed = await connections.borrow()
  if (!borrowed.ok) throw new Error(borrowed.error.message)
  return borrowed.value
}

test('an answer that arrived while the process was held up is no silence, and silence is', async () => {
  const [connection, other] = [await borrow(), await borrow()]
  // Held up while somebody else's answer is handled: what comes next is the timer, not the sockets.
  await other.ask(ONE)
  const answer = connection.ask(ONE, TIMEOUT_MS)
  const untilMs = performance.now() + 3 * TIMEOUT_MS
  while (performance.now() < untilMs);
  expect(await answer).toMatchObject({ ok: true, value: { rows: [{ one: 1n }] } })

  server.suspend()
  try {
    const silent = { ok: false, error: { kind: 'uncertain', message: `the server said nothing for ${TIMEOUT_MS} ms` } }
    expect(await connection.ask(ONE, TIMEOUT_MS)).toMatchObject(silent)
  } finally {
    server.resume()
  }
  connection.giveBack()
  other.giveBack()
})
