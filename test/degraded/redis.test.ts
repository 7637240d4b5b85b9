import { afterAll, beforeAll, expect } from 'bun:test'
import { START_MS, type Stage, startStage } from '../faults/scripted.ts'
import { type RedisServer, startRedis } from '../harness/redis.ts'
import { until } from '../harness/server-process.ts'
import { type Asker, newAsker } from './customer.ts'
import { type TcpProxy, startProxy } from './proxy.ts'
import { expectRefused, expectSeen, row, type Said } from './row.ts'

let redis: RedisServer
let proxy: TcpProxy
let stage: Stage
let strict: Stage

beforeAll(async () => {
  redis = await startRedis()
  proxy = await startProxy(redis.url)
  // Each in a database of its own, so that they are no replicas of one another.
  const address = (index: number): string => proxy.through(redis.url).replace(/\/0$/, `/${index}`)
  stage = await startStage({ redis: address(0) })
  strict = await startStage({ redis: address(1), limits: { on_outage: 'refuse' } })
}, START_MS)
afterAll(async () => {
  await stage?.stop()
  await strict?.stop()
  await proxy?.stop()
  await redis?.stop()
}, START_MS)

const RPM = 5

/** How many of twice as many requests are let in. The rest is refused as being above the limit. */
const countServed = async ({ servedOrRefused }: Asker): Promise<number> => {
  let served = 0
  for (let asked = 0; asked < 2 * RPM; asked++) {
    const refusal = await servedOrRefused()
    if (refusal) expect(refusal.status).toBe(429)
    else served++
  }
  return served
}

/** Somebody has to ask, or it is tried again only every five seconds. */
const untilSharedAgain = async (shared: Stage): Promise<void> => {
  const asker = await newAsker(shared, { rpm: 1_000 })
  await until('limits are shared again', async () => {
    await (await asker.ask()).text()
    const body = await fetch(`${shared.gateway.url}/health/ready`).then((answer) => answer.json())
    return (body as { readonly status: string }).status === 'ok'
  })
}

/** Nobody is refused but for a limit, and limits go on from where they were. */
const goesOnAlone = async (said: Said, begin: () => unknown, end: () => unknown): Promise<void> => {
  const asker = await newAsker(stage, { rpm: RPM })
  await asker.expectServed()
  const finish = await asker.beginStream()
  await begin()
  try {
    expect(await countServed(asker)).toBe(RPM - 2)
    await expectSeen(said, stage)
    const metrics = await fetch(`${stage.gateway.url}/metrics`).then((answer) => answer.text())
    expect(metrics.split('\n')).toContain('tollgate_limiter_redis_down 1')
    await finish()
  } finally {
    await end()
  }
  await untilSharedAgain(stage)
  await asker.expectBooks()
  const next = await newAsker(stage, { rpm: RPM })
  expect(await countServed(next)).toBe(RPM)
  await next.expectBooks()
}

row('redis-slow', (said) =>
  goesOnAlone(
    said,
    () => proxy.slowBy(150),
    () => proxy.slowBy(0),
  ),
)
row('redis-frozen', (said) =>
  goesOnAlone(
    said,
    () => redis.suspend(),
    () => redis.resume(),
  ),
)
row('redis-down', (said) =>
  goesOnAlone(
    said,
    () => redis.kill(),
    () => redis.start(),
  ),
)

row('redis-flushed', async (said) => {
  const asker = await newAsker(stage, { rpm: RPM })
  expect(await countServed(asker)).toBe(RPM)
  await redis.flush()
  // What was counted is forgotten: the limit begins anew, and holds.
  expect(await countServed(asker)).toBe(RPM)
  await expectSeen(said, stage)
  await asker.expectBooks()
})

row('redis-refuse', async (said) => {
  await untilSharedAgain(strict)
  const asker = await newAsker(strict, { rpm: RPM })
  await asker.expectServed()
  const finish = await asker.beginStream()
  await redis.kill()
  try {
    await until('it is noticed', async () => (await asker.servedOrRefused()) !== undefined)
    await expectRefused(said, () => asker.ask())
    await expectSeen(said, strict)
    await finish()
  } finally {
    await redis.start()
  }
  await untilSharedAgain(strict)
  await asker.untilServed()
  await asker.expectBooks()
})
