import { afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { err, ok } from '../../result.ts'
import { openShelf, type Shelf } from '../fixture.ts'
import type { ObjectWrite, Store } from '../types.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const sealedBy = (name: string) => ({ sealedBy: name, nonce: 'n', ciphertext: `by ${name}` })
const putKey = (providerId: string, id: string, by = 'old'): ObjectWrite => ({
  ...{ act: 'put-key', providerId, id, body: { weight: 2 }, secretId: `secret_${id}`, last4: 'aaaa' },
  sealed: sealedBy(by),
})
const put = (id: string, body: unknown = { kind: 'openai' }): ObjectWrite => ({
  act: 'put',
  kind: 'provider',
  id,
  body,
})
const write = (objects: Store['objects'], ...writes: readonly ObjectWrite[]) =>
  objects.change('admin_key', async () => ok(writes))

describe.each(DATABASES)('on %s', (kind) => {
  beforeAll(async () => (await openShelf(kind)).close(), START_TIMEOUT_MS)

  const open = async (): Promise<Shelf> => {
    let nowMs = 1_000
    const shelf = await openShelf(kind, () => (nowMs += 1))
    cleanups.push(() => shelf.close())
    return shelf
  }

  test('what is written is counted up in versions, and said to others in the same step', async () => {
    const { store } = await open()
    const before = await store.changes.position()
    const made = await write(store.objects, put('house'), putKey('house', '1'))
    const changed = await write(store.objects, put('house', { kind: 'gemini' }), putKey('house', '1', 'new'))
    if (!made.ok || !changed.ok) throw new Error('not written')
    expect(made.value.objects[0]).toEqual({
      ...{ kind: 'provider', id: 'house', body: { kind: 'openai' }, version: 1 },
      ...{ createdAtMs: 1_001, updatedAtMs: 1_001, updatedBy: 'admin_key' },
    })
    expect(changed.value.objects[0]).toMatchObject({
      body: { kind: 'gemini' },
      version: 2,
      createdAtMs: 1_001,
      updatedAtMs: 1_002,
    })
    expect(changed.value.keys[0]).toMatchObject({ id: '1', version: 2, sealed: sealedBy('new'), body: { weight: 2 } })
    expect(await store.objects.read()).toEqual(changed.value)
    const { changes } = await store.changes.after(before)
    expect(changes).toContainEqual({ kind: 'object', subjectId: 'provider/house' })
  })

  test('with a provider go its keys, and no others', async () => {
    const { store } = await open()
    await write(
      store.objects,
      put('house'),
      putKey('house', '1'),
      put('other'),
      putKey('other', '1'),
      putKey('other', '2'),
    )
    await write(
      store.objects,
      { act: 'remove', kind: 'provider', id: 'house' },
      { act: 'remove-key', providerId: 'other', id: '2' },
    )
    const { objects, keys } = await store.objects.read()
    expect(objects.map(({ id }) => id)).toEqual(['other'])
    expect(keys.map(({ providerId, id }) => [providerId, id])).toEqual([['other', '1']])
  })

  test('what is refused, or fails, writes nothing and says nothing', async () => {
    const { store } = await open()
    const before = await store.changes.position()
    expect(await store.objects.change('admin_key', async () => err('no'))).toEqual(err('no'))
    const failing = store.objects.change('admin_key', async () => {
      throw new Error('a defect')
    })
    expect(await failing.catch((error: Error) => error.message)).toBe('a defect')
    expect(await store.objects.read()).toEqual({ objects: [], keys: [] })
    expect((await store.changes.after(before)).changes).toEqual([])
  })

  test('each of many at once sees what those before it wrote', async () => {
    const { store, place } = await open()
    const { openStore } = await import('../store.ts')
    const others = [store, openStore(await place.open()), openStore(await place.open())]
    const count = (objects: Store['objects']) =>
      objects.change('admin_key', async ({ objects: [found] }) => ok([put('house', Number(found?.body ?? 0) + 1)]))
    await Promise.all(Array.from({ length: 30 }, (_, turn) => count((others[turn % 3] ?? store).objects)))
    expect((await store.objects.read()).objects).toMatchObject([{ body: 30, version: 30 }])
  })

  test('keys are encrypted anew in batches, each as a whole, and stay what they are', async () => {
    const { store } = await open()
    await write(store.objects, put('p'), ...['1', '2', '3'].map((id) => putKey('p', id)), putKey('p', '4', 'new'))
    const reseal = (limit: number, failsAt?: string) =>
      store.objects.reseal('new', limit, ({ id }) => (id === failsAt ? err('no') : ok(sealedBy('new'))))
    expect(await reseal(10, '2')).toEqual(err('no'))
    expect((await store.objects.read()).keys.map(({ sealed }) => sealed.sealedBy)).toEqual(['old', 'old', 'old', 'new'])
    expect([await reseal(2), await reseal(2), await reseal(2)]).toEqual([ok(2), ok(1), ok(0)])
    expect(
      (await store.objects.read()).keys.every(({ sealed, version }) => sealed.sealedBy === 'new' && version === 1),
    ).toBe(true)
  })
})
