import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/runtime/database.ts'
import { DATABASES, execute } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import {
  called,
  ENCRYPTION_KEY,
  NEWER_KEY,
  placeFor,
  refusedWith,
  STAGE_MS,
  startOn,
  startVendor,
  statusOf,
  type Vendor,
} from './stage.ts'

const KEY = 'vendor-secret-that-is-stored'
const OTHER = 'vendor-secret-of-another-account'

let vendor: Vendor
beforeAll(() => {
  vendor = startVendor()
  vendor.keys.add(KEY).add(OTHER)
})
afterAll(() => vendor.stop())

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}, STAGE_MS)

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'tollgate-test-'))
  cleanups.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}

const addHouse = (gateway: Gateway, keys: readonly string[] = [KEY]) =>
  called(gateway, 201, 'POST', 'providers', {
    ...{ id: 'house', kind: 'openai-compatible', base_url: vendor.url, models: ['house/small'], keys },
  })

/** A command beside a gateway, on its configuration. */
const command = (gateway: Pick<Gateway, 'dataFolder'>, args: readonly string[], input = '') =>
  new Promise<{ code: number | null; output: string }>((resolve) => {
    const config = join(gateway.dataFolder, 'tollgate.yaml')
    const path = join(import.meta.dir, '..', '..', 'bin', 'tollgate.mjs')
    const child = spawn('node', [path, ...args, '--config', config], { env: { PATH: process.env['PATH'] ?? '' } })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('close', (code) => resolve({ code, output }))
    child.stdin.end(input)
  })

describe.each(DATABASES)('encryption keys, on %s', (kind) => {
  test(
    'are changed while replicas run: with both known, rows are encrypted anew, and the old one goes',
    async () => {
      const dataFolder = folder()
      const place = await placeFor(kind)
      const before = await startOn(place, {}, { dataFolder })
      const { key } = await before.createCustomer('10')
      await addHouse(before, [KEY, OTHER])
      await before.stop()
      const both = await startOn(
        place,
        { encryption_key: NEWER_KEY, encryption_keys: [ENCRYPTION_KEY] },
        { dataFolder },
      )
      expect(await statusOf(both, key, 'house/small')).toBe(200)
      expect(await command(both, ['providers', 'reencrypt'])).toMatchObject({
        ...{ code: 0, output: expect.stringContaining('2 keys were encrypted anew') },
      })
      expect(await command(both, ['providers', 'reencrypt'])).toMatchObject({
        output: expect.stringContaining('0 keys'),
      })
      await called(both, 200, 'PATCH', 'providers/house/keys/1', { weight: 2 })
      expect(await statusOf(both, key, 'house/small')).toBe(200)
      await both.stop()
      const after = await startOn(place, { encryption_key: NEWER_KEY }, { dataFolder })
      expect(await statusOf(after, key, 'house/small')).toBe(200)
      expect(await called(after, 200, 'POST', 'providers/house/test')).toMatchObject({ ok: true })
      await after.stop()
      const refused = await startOn(place, {}, { dataFolder }).catch((error: Error) => error.message)
      expect(refused).toContain('ended with code 78')
      expect(refused).toContain('Provider keys in the database cannot be read')
      expect(refused).toContain('house/1')
    },
    STAGE_MS,
  )

  test(
    'do not open a row that was put in the place of another; nothing is started with it',
    async () => {
      const dataFolder = folder()
      const place = await placeFor(kind)
      const gateway = await startOn(place, {}, { dataFolder })
      cleanups.push(() => gateway.stop().catch(() => undefined))
      const { key } = await gateway.createCustomer('10')
      await addHouse(gateway, [KEY, OTHER])
      await execute(
        gateway.database,
        `UPDATE provider_keys SET
        nonce = (SELECT nonce FROM provider_keys AS o WHERE o.id = '2'),
        ciphertext = (SELECT ciphertext FROM provider_keys AS o WHERE o.id = '2') WHERE id = '1'`,
        [],
      )
      await called(gateway, 200, 'PATCH', 'providers/house', { models: ['house/small', 'house/large'] })
      await until('the log', () => gateway.output().includes('house/1 (changed in the database)'))
      vendor.asked.splice(0)
      for (let turn = 0; turn < 4; turn += 1) expect(await statusOf(gateway, key, 'house/small')).toBe(200)
      // What was put there is not sent, in whoever's name.
      expect(new Set(vendor.asked)).toEqual(new Set([OTHER]))
      expect(await command(gateway, ['providers', 'reencrypt'])).toMatchObject({ code: 0 })
      await gateway.stop()
      const refused = await startOn(place, {}, { dataFolder }).catch((error: Error) => error.message)
      expect(refused).toContain('house/1 (changed in the database)')
      expect(await command({ dataFolder }, ['providers', 'remove-key', 'house', '--id', '1'])).toMatchObject({
        code: 0,
      })
      const again = await startOn(place, {}, { dataFolder })
      expect(await statusOf(again, key, 'house/small')).toBe(200)
      await again.stop()
    },
    STAGE_MS,
  )
})

test(
  'a replica that was not told of the new key goes on with what it knows, and says so',
  async () => {
    const place = await placeFor('postgres')
    const [old, both] = await Promise.all([
      startOn(place),
      startOn(place, { encryption_key: NEWER_KEY, encryption_keys: [ENCRYPTION_KEY] }),
    ])
    cleanups.push(() => Promise.all([old.stop(), both.stop()]))
    const { key } = await old.createCustomer('10')
    await addHouse(old)
    expect(await command(both, ['providers', 'reencrypt'])).toMatchObject({ code: 0 })
    await called(both, 201, 'POST', 'providers/house/keys', { key: OTHER, id: 'newer' })
    await until('the log', () => old.output().includes('house/newer'))
    vendor.asked.splice(0)
    for (let turn = 0; turn < 4; turn += 1) expect(await statusOf(old, key, 'house/small')).toBe(200)
    expect(new Set(vendor.asked)).toEqual(new Set([KEY]))
    // Other changes count there all the same.
    await called(both, 200, 'PATCH', 'providers/house', { models: ['house/large'] })
    await until('the change', async () => (await statusOf(old, key, 'house/small')) === 503)
  },
  STAGE_MS,
)

test(
  'without a key configured, one is made beside the database file, for its owner alone, and is used from then on',
  async () => {
    const dataFolder = folder()
    const none = { encryption_key: null }
    const gateway = await startOn({}, none, { dataFolder })
    const { key } = await gateway.createCustomer('10')
    const path = join(dataFolder, 'tollgate.db.key')
    expect(existsSync(path)).toBe(false)
    await addHouse(gateway)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await gateway.stop()
    const again = await startOn({}, none, { dataFolder })
    expect(await statusOf(again, key, 'house/small')).toBe(200)
    await again.stop()
    rmSync(path)
    const refused = await startOn({}, none, { dataFolder }).catch((error: Error) => error.message)
    expect(refused).toContain('Provider keys in the database cannot be read')
  },
  STAGE_MS,
)

test(
  'without a key configured, PostgreSQL stores no provider key, and says what to do',
  async () => {
    const gateway = await startOn(await placeFor('postgres'), { encryption_key: null })
    const { message, param } = await refusedWith(gateway, 409, 'POST', 'providers', {
      id: 'x',
      kind: 'openai',
      keys: [KEY],
    })
    expect([param, message]).toEqual(['key', expect.stringContaining('openssl rand -base64 32')])
    await called(gateway, 201, 'POST', 'providers', { id: 'x', kind: 'openai' })
    await gateway.stop()
  },
  STAGE_MS,
)

test(
  'commands add a provider with a key beside a gateway, which knows of it, test it and remove it',
  async () => {
    const gateway = await startOn({})
    cleanups.push(() => gateway.stop())
    const { key } = await gateway.createCustomer('10')
    const added = await command(gateway, [
      ...[
        'providers',
        'add',
        'house',
        '--kind',
        'openai-compatible',
        '--base-url',
        vendor.url,
        '--models',
        'house/small',
      ],
    ])
    expect(added).toMatchObject({ code: 0, output: expect.stringContaining('Provider house is there.') })
    const stored = await command(gateway, ['providers', 'add-key', 'house', '--id', 'main'], `${KEY}\n`)
    expect([stored.code, stored.output]).toEqual([0, expect.not.stringContaining(KEY)])
    await until('the provider', async () => (await statusOf(gateway, key, 'house/small')) === 200)
    expect((await command(gateway, ['providers', 'list'])).output).toMatch(
      /house\s+openai-compatible.*api\s+main \(…ored\)/,
    )
    const tested = await command(gateway, ['providers', 'test', 'house'])
    expect([tested.code, tested.output]).toEqual([0, expect.stringMatching(/main\s+works\s+200/)])
    vendor.keys.delete(KEY)
    expect((await command(gateway, ['providers', 'test', 'house'])).code).toBe(1)
    vendor.keys.add(KEY)
    expect((await command(gateway, ['providers', 'remove', 'house'])).code).toBe(0)
    await until('its end', async () => (await statusOf(gateway, key, 'house/small')) === 503)
  },
  STAGE_MS,
)

test(
  'a passphrase is stretched with a salt of the database, and read again by it',
  async () => {
    const dataFolder = folder()
    const gateway = await startOn({}, { encryption_key: NEWER_KEY }, { dataFolder })
    await addHouse(gateway)
    await gateway.stop()
    const database = await openDatabase(join(dataFolder, 'tollgate.db'))
    const found = await database.run([
      { sql: `SELECT value FROM settings WHERE name = 'encryption_salt'`, parameters: [] },
    ])
    await database.close()
    expect(found.ok && found.value[0]?.rows).toHaveLength(1)
  },
  STAGE_MS,
)
