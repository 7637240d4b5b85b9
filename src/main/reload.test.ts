import { describe, expect, test } from 'bun:test'
import pino from 'pino'
import { type Config, loadConfig } from '../config/load.ts'
import { createReload } from './reload.ts'
import { mergeReloaded } from './reloaded.ts'

const load = (text: string): Config => {
  const loaded = loadConfig({ text, environment: {} })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error))
  return loaded.value
}

const BEFORE = 'providers: { main: { kind: openai, keys: [a] } }'
const withKey = (key: string) => `${BEFORE}\n${key}`

describe('a configuration that was read again', () => {
  test.each([
    ['providers: { main: { kind: openai, keys: [b] } }', ['providers'], []],
    ['providers: { main: { kind: openai, keys: [a], base_url: "http://127.0.0.1:1/v1" } }', ['providers'], []],
    ['providers: { other: { kind: openai, keys: [a] } }', ['providers', 'channels'], []],
    [withKey('groups: { team: { multiplier: "0.5" } }'), ['groups'], []],
    [withKey('plans: { pro: { rpm: 5 } }'), ['plans'], []],
    [withKey('aliases: { fast: gpt-5-mini }'), ['aliases'], []],
    [withKey('limits: { per_key: { tpm: 5 }, body_bytes: 5MB }'), ['limits.per_key', 'limits.body_bytes'], []],
    [withKey('log: { level: warn, bodies: true }'), ['log.level'], ['log.bodies']],
    [withKey('listen: { port: 1 }'), [], ['listen']],
    [withKey('database: "sqlite:./other.db"'), [], ['database']],
    [withKey('redis: "redis://127.0.0.1:1"'), [], ['redis']],
    [withKey('admin_key: another-key-that-is-long'), [], ['admin_key']],
    [withKey('shutdown_timeout: 5s'), [], ['shutdown_timeout']],
    [withKey('limits: { database_queue: 5 }'), [], ['limits.database_queue']],
    ['providers: { main: { kind: openai, keys: [a], timeouts: { total: 1s } } }', ['providers'], []],
    ['providers: { main: { kind: openai, keys: [a], timeouts: { total: 2h } } }', [], ['providers.main.timeouts']],
    [BEFORE, [], []],
  ])('says of %j what counts at once: %j, and what from the next start: %j', (text, changed, needsRestart) => {
    const current = load(BEFORE)
    const { config, reloaded } = mergeReloaded(current, load(text))
    expect(reloaded).toMatchObject({ changed, needsRestart })
    // What needs a restart is as it was, so that it is told again the next time.
    expect(mergeReloaded(config, load(text)).reloaded).toMatchObject({ changed: [], needsRestart })
  })

  test('with longer time-outs of a provider keeps those there were, and of a new one has the general ones', () => {
    const text = 'providers: { main: { kind: openai, keys: [b], timeouts: { total: 2h } }, new: { kind: openai } }'
    const { config } = mergeReloaded(load(BEFORE), load(text))
    expect(config.providers.get('main')).toMatchObject({ keys: [{ key: 'b' }], timeouts: { totalMs: 3_600_000 } })
    expect(config.providers.get('new')).toMatchObject({ timeouts: { totalMs: 3_600_000 } })
  })
})

describe('reading again', () => {
  const log = pino({ enabled: false })

  test('puts nothing to use that has mistakes, and tells all of them', async () => {
    const used: Config[] = []
    const reload = createReload({
      load: () => loadConfig({ text: 'plans: { pro: { rpm: none } }\nlisten: { port: x }', environment: {} }),
      current: () => load(BEFORE),
      use: async (config) => ({ areModelsOther: used.push(config) < 0 }),
      log,
    })
    const answer = await reload()
    expect(answer.ok ? [] : answer.error.map(({ path }) => path)).toEqual(['listen.port', 'plans.pro.rpm'])
    expect(used).toEqual([])
  })

  test('is done by one at a time; all who ask meanwhile get the answer of the next', async () => {
    const readings: PromiseWithResolvers<void>[] = []
    const reload = createReload({
      load: () => loadConfig({ text: BEFORE, environment: {} }),
      current: () => load(BEFORE),
      use: async () => {
        const reading = Promise.withResolvers<void>()
        readings.push(reading)
        await reading.promise
        return { areModelsOther: readings.length === 2 }
      },
      log,
    })
    const first = reload()
    const others = [reload(), reload(), reload()]
    expect(readings).toHaveLength(1)
    readings[0]?.reject(new Error('the database is away'))
    await expect(first).rejects.toThrow('the database is away')
    while (readings.length < 2) await Promise.resolve()
    readings[1]?.resolve()
    for (const other of others) expect(await other).toMatchObject({ ok: true, value: { changed: ['catalogue'] } })
    expect(readings).toHaveLength(2)
    const later = reload()
    readings[2]?.resolve()
    expect(await later).toMatchObject({ ok: true, value: { changed: [] } })
  })
})
