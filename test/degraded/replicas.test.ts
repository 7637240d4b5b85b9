import { afterAll, beforeAll, expect } from 'bun:test'
import { holdRequest, makeUser } from '../../src/ledger/fixture.ts'
import { openReplica } from '../../src/ledger/shared/fixture.ts'
import { createRedisLimiter } from '../../src/limits/redis.ts'
import { openRedis } from '../../src/limits/redis-connection.ts'
import { CHAT, DIALECTS, type Stage, START_MS, startStage, stream } from '../faults/scripted.ts'
import { sharedPostgres, START_TIMEOUT_MS } from '../harness/databases.ts'
import { type RedisServer, startRedis } from '../harness/redis.ts'
import { until } from '../harness/server-process.ts'
import { newAsker } from './customer.ts'
import { startProxy } from './proxy.ts'
import { expectRefused, expectSeen, row } from './row.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
  await sharedPostgres()
}, START_MS + START_TIMEOUT_MS)
afterAll(() => redis?.stop())

row('replica-killed', async (said) => {
  const config = {
    database: await (await sharedPostgres()).createDatabase(),
    redis: redis.url,
    billing: { hold_timeout: '1s' },
  }
  const killed = await startStage(config)
  const other = await startStage(config)
  try {
    const asker = await newAsker(other)
    await asker.expectServed()
    const headers = { 'x-api-key': asker.customer.key }
    const endless = stream((out) => out.write(CHAT.text('Hello')))
    const cut = await killed.ask(DIALECTS.chat, endless, { headers, body: { stream: true } })
    const heard = cut.text().catch(() => 'cut')
    await until('it is streamed', () => killed.upstream.asked.length > 0)
    await killed.gateway.kill9()
    await asker.expectServed()
    await heard
    // What it held is given back by the one that lives.
    await asker.expectBooks()
    const ended = (await other.gateway.requests({ user_id: asker.customer.userId })).map((receipt) => receipt.ended)
    expect(ended.toSorted()).toEqual(['abandoned', 'whole', 'whole'])
    await expectSeen(said, other)
  } finally {
    await other.stop()
    await killed.upstream.stop()
  }
})

/** Posted less credit, in nano-dollars. */
const spentBy = async ({ gateway }: Stage, userId: string): Promise<bigint> =>
  10_000_000_000n - BigInt((await gateway.balance(userId)).posted_usd.replace('.', ''))

row('replica-cut-off', async (said) => {
  const database = await (await sharedPostgres()).createDatabase()
  const config = { redis: redis.url, billing: { hold_timeout: '2s' }, log: { level: 'info' } }
  const proxy = await startProxy(database)
  const other = await startStage({ ...config, database })
  const cutOff = await startStage({ ...config, database: proxy.through(database) })
  try {
    const asker = await newAsker(cutOff)
    const { userId, key } = asker.customer
    await asker.expectServed()
    const finish = await asker.beginStream()
    proxy.block(true)
    const receipts = () => other.gateway.requests({ user_id: userId })
    await until('its hold is given back', async () => (await receipts()).some(({ ended }) => ended === 'abandoned'))
    expect((await other.gateway.balance(userId)).held_usd).toBe('0.000000000')
    // It is served to its end, and nobody else is.
    await finish()
    await expectRefused(said, () => asker.ask())
    await expectSeen({ ...said, log: '' }, cutOff)
    proxy.block(false)
    await until('it is charged after all', async () =>
      (await receipts()).some((one) => one.request_id.endsWith('-late')),
    )
    const [late, abandoned] = [await receipts()].flatMap((all) => [
      all.find(({ request_id: id }) => id.endsWith('-late')),
      all.find(({ ended }) => ended === 'abandoned'),
    ])
    expect(late).toMatchObject({ ended: 'whole', usage_source: 'upstream', cost_usd: '0.000105000' })
    expect(late).toMatchObject({ corrects: abandoned?.request_id })
    const read = await other.gateway.receipt(abandoned?.request_id ?? '', key)
    expect(read).toMatchObject({ cost_usd: '0.000000000', corrected_by: late?.request_id })
    await asker.untilServed()
    await asker.expectBooks()
    expect(await spentBy(other, userId)).toBe(3n * 105_000n)
    await expectSeen({ ...said, ready: '200 `ok`' }, cutOff)
  } finally {
    proxy.block(false)
    await cutOff.stop()
    await other.stop()
    await proxy.stop()
  }
})

const HOUR_MS = 3_600_000

row('clock-skew', async () => {
  const address = await (await sharedPostgres()).createDatabase()
  const clocks = [-HOUR_MS, 0, HOUR_MS].map((skewMs) => () => Date.now() + skewMs)
  const replicas = await Promise.all(clocks.map((nowMs) => openReplica(address, { nowMs, renewEveryMs: 100 })))
  const [first] = replicas
  if (!first) throw new Error('no replica')
  const who = await makeUser(first, 1_000_000n)
  for (const [index, { ledger }] of replicas.entries()) {
    const expiresAtMs = (clocks[index]?.() ?? 0) + 60_000
    const held = await ledger.hold(holdRequest(who, `req_${index}`, 100n, { expiresAtMs }))
    expect(held.ok).toBe(true)
  }
  // Nobody takes another's holds for those of the dead, whatever its own clock says.
  for (const [index, { ledger }] of replicas.entries()) expect(await ledger.sweep(clocks[index]?.() ?? 0)).toBe(0)
  for (const { database } of replicas) await database.close()

  const connection = openRedis({ url: redis.url, commandTimeoutMs: 5_000, onError: () => undefined })
  await until('Redis is connected', () => connection.status === 'ready')
  const limiter = createRedisLimiter({ connection })
  const ceilings = [{ subject: 'key:skewed', rpm: 6 }]
  const granted: boolean[] = []
  for (let index = 0; index < 12; index++) {
    const nowMs = clocks[index % 3]?.() ?? 0
    const admission = await limiter.admit(ceilings, { id: `r${index}`, inputTokens: 0, outputTokens: 0, nowMs })
    granted.push(admission.granted)
    if (!admission.granted) expect(admission.retryAfterMs).toBeWithin(1, 62_000)
  }
  expect(granted.filter(Boolean)).toHaveLength(6)
  connection.disconnect()
})
