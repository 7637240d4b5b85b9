import { afterAll, beforeAll, expect } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { keyOn, resume, type Stage, START_MS, startStage, untilKeys } from '../health/stage.ts'
import { fails } from '../health/vendor.ts'
import { expectSeen, row } from './row.ts'

const GOOD = 'good-vendor-key-0123456789'
const BAD = 'bad-vendor-key-0123456789'

let stage: Stage
let first: Gateway
beforeAll(async () => {
  stage = await startStage(2, (url) => {
    const keys = [
      { id: 'bad', key: BAD, weight: 1_000 },
      { id: 'good', key: GOOD },
    ]
    return {
      providers: { acme: { kind: 'openai-compatible', base_url: url, keys } },
      channels: [{ id: 'way', provider: 'acme', models: ['dear'] }],
      health: { disabled_retry: null },
    }
  })
  first = stage.gateways[0] as Gateway
}, START_MS)
afterAll(() => stage?.stop(), START_MS)

const wellAgain = async (): Promise<void> => {
  for (const key of [BAD, GOOD]) stage.vendor.behave(key, undefined)
  for (const gateway of stage.gateways) for (const key of ['bad', 'good']) await resume(gateway, `key:acme/${key}`)
  for (const key of ['bad', 'good']) await untilKeys(stage.gateways, key, 'ready')
}

row('redis-health', async (said) => {
  stage.redis?.suspend()
  try {
    stage.vendor.behave(BAD, fails(401))
    await until('the key is tried', async () => {
      expect((await stage.ask()).status).toBe(200)
      return (await keyOn(first, 'bad')).standing === 'blocked'
    })
    await expectSeen(said, { gateway: first })
  } finally {
    stage.redis?.resume()
  }
  await untilKeys(stage.gateways, 'bad', 'blocked')
  await wellAgain()
})

row('providers-refuse', async (said) => {
  for (const key of [BAD, GOOD]) stage.vendor.behave(key, fails(401))
  await until('both keys are tried', async () => {
    const { status } = await stage.ask()
    expect(status).toBeGreaterThanOrEqual(500)
    const keys = await Promise.all(['bad', 'good'].map((key) => keyOn(first, key)))
    return keys.every(({ standing }) => standing === 'blocked')
  })
  const asked = stage.vendor.asked.length
  const { status, code, retryAfter } = await stage.ask()
  expect(said.refused).toContain(`${status} \`${code}\``)
  expect([retryAfter, stage.vendor.asked.length]).toEqual(['30', asked])
  await until('Redis is well', async () => {
    const answer = await fetch(`${first.url}/health/ready`)
    return ((await answer.json()) as { checks: Record<string, string> }).checks['redis'] === 'ok'
  })
  await expectSeen(said, { gateway: first })
  await wellAgain()
  expect((await stage.ask()).status).toBe(200)
})
