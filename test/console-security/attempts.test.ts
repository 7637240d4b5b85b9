import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openBrowser } from '../accounts/browser.ts'
import { must, openGateway, PASSWORD, STAGE_MS } from '../accounts/stage.ts'
import type { Gateway } from '../harness/gateway.ts'
import { type RedisServer, startRedis } from '../harness/redis.ts'

const PER_ACCOUNT = 4

describe('attempts to sign in at several replicas', () => {
  let redis: RedisServer
  let gateways: readonly Gateway[]
  beforeAll(async () => {
    redis = await startRedis()
    const accounts = { sign_up: 'open', sign_in: { per_address: 100_000, per_account: PER_ACCOUNT } }
    const first = await openGateway('postgres', accounts, undefined, { redis: redis.url })
    const shared = { redis: redis.url, database: first.database }
    gateways = [first, await openGateway('sqlite', accounts, undefined, shared)]
    const person = { name: 'Ada', email: 'ada@example.com', password: PASSWORD }
    must(200, await openBrowser(first.url).post('/api/auth/sign-up/email', person))
  }, STAGE_MS)
  afterAll(async () => {
    for (const gateway of gateways ?? []) await gateway.stop()
    await redis?.stop()
  }, STAGE_MS)

  /** Statuses of attempts on one account, at the replicas in turn. */
  const attempts = async (email: string, times: number): Promise<readonly number[]> => {
    const statuses: number[] = []
    for (let time = 0; time < times; time += 1) {
      const browser = openBrowser(gateways[time % gateways.length]?.url ?? '')
      statuses.push((await browser.post('/api/auth/sign-in/email', { email, password: 'not the password' })).status)
    }
    return statuses
  }

  test('are counted together where they share Redis, for people who are there and others', async () => {
    const wanted = [...Array.from({ length: PER_ACCOUNT }, () => 401), 429, 429]
    expect(await attempts('eve@example.com', PER_ACCOUNT + 2)).toEqual(wanted)
    // Signing up is another kind of attempt, and is counted apart.
    expect(await attempts('ada@example.com', PER_ACCOUNT + 2)).toEqual(wanted)
  })

  test('are counted by each alone while Redis is away, and nobody is kept out by that', async () => {
    await redis.stop()
    const statuses = await attempts('grace@example.com', 2 * PER_ACCOUNT + 2)
    expect(statuses).toEqual([...Array.from({ length: 2 * PER_ACCOUNT }, () => 401), 429, 429])
  })
})
