import { afterEach, beforeAll, describe, expect, test } from 'bun:test'
import pino from 'pino'
import { DATABASES, START_TIMEOUT_MS } from '../../test/harness/databases.ts'
import { openShelf, type Shelf } from '../db/fixture.ts'
import { openStore } from '../db/store.ts'
import type { Store } from '../db/types.ts'
import { createAuthenticator } from '../keys/authenticate.ts'
import { hashSecret, newSecret } from '../keys/secret.ts'
import { nanoUsd, ONE } from '../units.ts'
import { cachesOf, startPropagation } from './propagation.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const NO_LIMITS = { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null }

/** A gateway's way to know keys: what it has found once it believes for a day. */
const openReplica = async (store: Store) => {
  const authenticator = createAuthenticator({
    store,
    plans: new Map([['pro', { ...NO_LIMITS, rpm: 7 }]]),
    ceiling: NO_LIMITS,
    cacheEntriesMax: 100,
    cacheTtlMs: 86_400_000,
    nowMs: Date.now,
  })
  const ignore = () => undefined
  const told = { onPrice: ignore, onPause: ignore, onObject: ignore, onConfiguration: ignore, onReconciliation: ignore }
  const caches = cachesOf({ authenticator: () => authenticator, ...told })
  const propagation = await startPropagation(store, caches, pino({ enabled: false }))
  cleanups.push(() => propagation.stop())
  return authenticator
}

/** Waits until something is true; a test that waits for ever fails by its time limit. */
const until = async (isTrue: () => Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe.each(DATABASES)('on %s', (kind) => {
  beforeAll(async () => (await openShelf(kind)).close(), START_TIMEOUT_MS)

  const open = async () => {
    const shelf: Shelf = await openShelf(kind)
    cleanups.push(() => shelf.close())
    const other = openStore(await shelf.place.open())
    const user = await shelf.store.users.create({
      email: 'a@example.com',
      plan: null,
      rateMultiplier: ONE,
      overdraft: nanoUsd(0n),
    })
    if (!user.ok) throw new Error(user.error.message)
    const { secret, prefix } = newSecret()
    const key = await shelf.store.keys.create(
      {
        userId: user.value.id,
        projectId: null,
        name: 'a key',
        group: 'default',
        prefix,
        models: null,
        ipAllow: null,
        scopes: [],
        labels: [],
        rpm: null,
        tpm: null,
        itpm: null,
        otpm: null,
        concurrency: null,
        budgets: [],
        expiresAtMs: null,
      },
      hashSecret(secret),
    )
    return { shelf, other, secret, keyId: key.id, userId: user.value.id }
  }

  test('a key that is revoked in one process is refused by another that knew it, without waiting for its cache', async () => {
    const { shelf, other, secret, keyId } = await open()
    const replica = await openReplica(other)
    expect(await replica.authenticate(secret, '127.0.0.1')).toMatchObject({ ok: true })
    expect(await replica.authenticate(secret, '127.0.0.1')).toMatchObject({ ok: true })
    await shelf.store.keys.revoke(keyId)
    await until(async () => !(await replica.authenticate(secret, '127.0.0.1')).ok)
    const refused = await replica.authenticate(secret, '127.0.0.1')
    expect(refused).toMatchObject({ ok: false, error: { kind: 'invalid-api-key' } })
  })

  test("a user's new plan reaches every process that knew one of the user's keys", async () => {
    const { shelf, other, secret, userId } = await open()
    const replica = await openReplica(other)
    const limitNow = async () => {
      const found = await replica.authenticate(secret, '127.0.0.1')
      return found.ok ? found.value.rpm : undefined
    }
    expect(await limitNow()).toBe(null)
    await shelf.store.users.update(userId, { plan: 'pro' })
    await until(async () => (await limitNow()) === 7)
  })
})

test('what cannot be polled is told once, and made up for when the database answers again', async () => {
  let isDown = false
  const dropped: string[] = []
  const messages: unknown[] = []
  const waiting: { kind: 'key'; subjectId: string }[] = []
  const position = { mark: 0n, seen: new Set<bigint>() }
  const changes: Store['changes'] = {
    position: async () => position,
    after: async () => {
      if (isDown) throw new Error('down')
      return { changes: waiting.splice(0), position }
    },
    prune: async () => undefined,
    note: async () => undefined,
  }
  const caches = {
    drop: ({ subjectId }: { subjectId: string }) => void dropped.push(subjectId),
    dropAll: () => void dropped.push('all'),
  }
  const log = { error: (_: unknown, message: string) => messages.push(message) } as unknown as pino.Logger
  isDown = true
  let now = 0
  const propagation = await startPropagation({ changes }, caches, log, () => now)
  cleanups.push(() => propagation.stop())
  await until(async () => messages.length === 1)
  waiting.push({ kind: 'key', subjectId: 'k' })
  isDown = false
  await until(async () => dropped.includes('k'))
  // So long without an answer that what was missed may be gone.
  now = 10_000_000
  await until(async () => dropped.includes('all'))
  expect(messages).toHaveLength(1)
})
