import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { keyOn, resume, type Stage, START_MS, startStage, untilKeys } from './stage.ts'
import { fails, well } from './vendor.ts'

setDefaultTimeout(60_000)

const GOOD = 'good-vendor-key-0123456789'
const BAD = 'bad-vendor-key-0123456789'

let stage: Stage
let three: readonly [Gateway, Gateway, Gateway]
beforeAll(async () => {
  stage = await startStage(3, (url) => ({
    providers: {
      acme: {
        kind: 'openai-compatible',
        base_url: url,
        keys: [
          { id: 'bad', key: BAD, weight: 1_000 },
          { id: 'good', key: GOOD },
        ],
      },
    },
    channels: [{ id: 'way', provider: 'acme', models: ['dear', 'other'] }],
    health: { disabled_retry: null },
  }))
  three = stage.gateways as unknown as typeof three
}, START_MS)
afterAll(() => stage?.stop(), START_MS)

/** Everything well, and known to be so everywhere. */
beforeEach(async () => {
  stage.vendor.behave(BAD, well)
  stage.vendor.behave(GOOD, well)
  for (const gateway of three) for (const key of ['bad', 'good']) await resume(gateway, `key:acme/${key}`)
  for (const key of ['bad', 'good']) await untilKeys(three, key, 'ready')
  stage.vendor.asked.length = 0
})

const asksWith = (key: string): number => stage.vendor.asked.filter((one) => one.startsWith(key)).length

/** Asks until a key was tried, which its weight makes soon. */
const askUntilTried = (gateway: Gateway, key: string): Promise<void> =>
  until('the key is tried', async () => {
    expect((await stage.ask(gateway)).status).toBe(200)
    return asksWith(key) > 0
  })

test('a key that one replica finds refused is asked by no other, until an administrator resumes it on any', async () => {
  const [one, two, other] = three
  stage.vendor.behave(BAD, fails(401))
  await askUntilTried(one, BAD)
  await untilKeys(three, 'bad', 'blocked')
  for (const gateway of three) {
    expect((await keyOn(gateway, 'bad')).block).toMatchObject({ kind: 'refused', reason: 'key-refused', until: null })
    for (let time = 0; time < 5; time += 1) expect((await stage.ask(gateway)).status).toBe(200)
  }
  expect(asksWith(BAD)).toBe(1)
  stage.vendor.behave(BAD, well)
  expect(await resume(other, 'key:acme/bad')).toEqual({ subject: 'key:acme/bad', resumed: true })
  await untilKeys(three, 'bad', 'ready')
  await askUntilTried(two, BAD)
})

test('what a provider asks one replica to wait is waited by all', async () => {
  const [one, , other] = three
  for (const key of [BAD, GOOD]) stage.vendor.behave(key, fails(429, { 'retry-after': '600' }))
  expect((await stage.ask(one)).status).toBe(429)
  await until('the other replica waits as well', async () => {
    const asked = stage.vendor.asked.length
    const answer = await stage.ask(other)
    return answer.status === 429 && stage.vendor.asked.length === asked
  })
  expect(Number((await stage.ask(other)).retryAfter)).toBeGreaterThan(60)
  // Another model of the same keys has limits of its own.
  for (const key of [BAD, GOOD]) stage.vendor.behave(key, well)
  expect((await stage.ask(other, 'other')).status).toBe(200)
  for (const gateway of three) for (const key of ['bad', 'good']) await resume(gateway, `key-model:acme/${key}/dear`)
})

test('while Redis is frozen each goes on by what it knows, and afterwards by what all know', async () => {
  const [one, two] = three
  stage.redis?.suspend()
  try {
    stage.vendor.behave(BAD, fails(401))
    await askUntilTried(one, BAD)
    expect((await keyOn(one, 'bad')).standing).toBe('blocked')
    expect((await keyOn(two, 'bad')).standing).toBe('ready')
    expect((await stage.ask(two)).status).toBe(200)
  } finally {
    stage.redis?.resume()
  }
  await untilKeys(three, 'bad', 'blocked')
})

test('a Redis that forgot everything is told again', async () => {
  const [one, two] = three
  stage.vendor.behave(BAD, fails(401))
  await askUntilTried(one, BAD)
  await untilKeys(three, 'bad', 'blocked')
  await stage.redis?.flush()
  await resume(two, 'key:acme/bad')
  await untilKeys(three, 'bad', 'ready')
})

test('no key is in any log', () => {
  expect(three.some((gateway) => gateway.output().includes('is left alone'))).toBe(true)
  for (const gateway of three) {
    for (const key of [GOOD, BAD]) expect(gateway.output()).not.toContain(key)
  }
})
