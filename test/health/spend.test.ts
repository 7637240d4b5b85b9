import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { answeredBy, keyOn, providerOn, resume, type Stage, START_MS, startStage, untilKeys } from './stage.ts'

setDefaultTimeout(60_000)

const provider = (url: string, more: object) => ({ kind: 'openai-compatible', base_url: url, ...more })
const channel = (id: string, model: string) => ({ id, provider: id, models: [model] })

/** `acme` may cost three dollars a day; of the keys of `keyed` one may cost two, and the other a thousand. */
const configuration = (url: string) => ({
  providers: {
    acme: provider(url, { keys: ['vendor-key-of-acme-0123456789'], spend_stop: { day_usd: '3' } }),
    keyed: provider(url, {
      cost_multiplier: '0.5',
      keys: [
        { id: 'little', key: 'vendor-key-with-little-0123456789', day_usd: '2', weight: 1_000_000 },
        { id: 'much', key: 'vendor-key-with-much-0123456789', day_usd: '1000' },
      ],
    }),
  },
  channels: [channel('acme', 'dear'), channel('keyed', 'other')],
})

describe.each([
  ['one gateway with a file', 1],
  ['two with PostgreSQL and Redis', 2],
] as const)('with %s', (_, count) => {
  let stage: Stage
  let first: Gateway
  let last: Gateway
  beforeAll(async () => {
    stage = await startStage(count, configuration)
    first = stage.gateways[0] as Gateway
    last = stage.gateways.at(-1) as Gateway
  }, START_MS)
  afterAll(() => stage?.stop(), START_MS)

  /** Asks, a dollar a time, until everybody refuses; how many were answered. */
  const spendUntilRefused = async (): Promise<number> => {
    let answered = 0
    await until('everybody refuses', async () => {
      const answers = await Promise.all(stage.gateways.map((gateway) => stage.ask(gateway)))
      answered += answers.filter(({ status }) => status === 200).length
      // As slowly as counting needs to keep up.
      await Bun.sleep(300)
      return answers.every(({ code }) => code === 'provider_paused')
    })
    return answered
  }

  test('a provider is paused at its stop: 429 until an administrator resumes it, then for as much again', async () => {
    const answered = await spendUntilRefused()
    expect(answered).toBeGreaterThanOrEqual(3)
    const refused = await stage.ask(last)
    expect([refused.status, refused.retryAfter]).toEqual([429, '30'])
    const paused = await providerOn(last)
    expect(paused).toMatchObject({ paused: true, paused_by: 'spend-stop' })
    expect(paused.pause_reason).toMatch(/^spend stop: \d+\.00 of 3\.00 USD in the day \d{4}-\d\d-\d\d \(UTC\)$/)
    await until('all is counted', async () => Number((await providerOn(last)).spend.day_usd) === answered)
    expect((await providerOn(last)).spend.day_stop_usd).toBe('3.000000000')
    expect((await first.call('GET', '/api/admin/providers/acme')).body).toMatchObject({
      paused: true,
      reason: paused.pause_reason,
    })
    expect(stage.gateways.some((gateway) => gateway.output().includes('paused by its spend stop'))).toBe(true)

    expect((await last.call('POST', '/api/admin/providers/acme/resume', {})).status).toBe(200)
    for (const gateway of stage.gateways) await until('it knows', async () => !(await providerOn(gateway)).paused)
    expect((await stage.ask(first)).status).toBe(200)
    await spendUntilRefused()
    const again = await providerOn(first)
    const stopped = Number(/^spend stop: (\d+)/.exec(again.pause_reason ?? '')?.[1])
    expect(stopped).toBeGreaterThanOrEqual(Number(/: (\d+)/.exec(paused.pause_reason ?? '')?.[1]) + 3)
  })

  test('a key is left alone at its stop, its provider goes on with the other, and so does it when it is resumed', async () => {
    let answered = 0
    await until('the key is left alone', async () => {
      for (const gateway of stage.gateways) expect((await stage.ask(gateway, 'other')).status).toBe(200)
      answered += stage.gateways.length
      await Bun.sleep(300)
      return (await keyOn(first, 'little', 'keyed')).standing === 'blocked'
    })
    // At half the list price.
    expect(answered).toBeGreaterThanOrEqual(4)
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    for (const gateway of stage.gateways) {
      await until('it knows', async () => (await keyOn(gateway, 'little', 'keyed')).block !== null)
      const { block } = await keyOn(gateway, 'little', 'keyed')
      expect(block).toMatchObject({ kind: 'spent', reason: 'spend-stop' })
      expect(block?.until).toStartWith(`${tomorrow}T00:00:00`)
      expect(await answeredBy(gateway, await stage.ask(gateway, 'other'), stage.customer)).toBe('much')
    }
    await resume(last, 'key:keyed/little')
    for (const gateway of stage.gateways)
      await until('it is asked again', async () => {
        const asked = await stage.ask(gateway, 'other')
        return (await answeredBy(gateway, asked, stage.customer)) === 'little'
      })
  })
})

test(
  'where every key has reached its stop the refusal says so, and until when',
  async () => {
    const stage = await startStage(1, (url) => ({
      providers: { acme: provider(url, { keys: [{ key: 'vendor-key-0123456789', day_usd: '1' }] }) },
      channels: [channel('acme', 'dear')],
    }))
    try {
      expect((await stage.ask()).status).toBe(200)
      await untilKeys(stage.gateways, '1', 'blocked')
      const refused = await stage.ask()
      expect([refused.status, refused.code]).toEqual([429, 'provider_paused'])
      expect(Number(refused.retryAfter)).toBeGreaterThan(0)
      expect((await providerOn(stage.gateways[0] as Gateway)).paused).toBe(false)
    } finally {
      await stage.stop()
    }
  },
  START_MS,
)
