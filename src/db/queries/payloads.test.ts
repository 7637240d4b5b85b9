import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { openShelf, type Shelf } from '../fixture.ts'

describe.each(DATABASES)('payloads on %s', (kind) => {
  let shelf: Shelf
  beforeAll(async () => {
    shelf = await openShelf(kind)
  }, START_TIMEOUT_MS)
  afterAll(() => shelf.close())

  test('are measured in bytes, and the oldest go until enough is gone', async () => {
    const { payloads } = shelf.store
    expect(await payloads.storedBytes()).toBe(0)
    expect(await payloads.evict(10, 10)).toEqual({ count: 0, bytes: 0 })
    const userId = 'user_1'
    // Three bytes a letter.
    for (const atMs of [3, 1, 2, 4])
      await payloads.add([{ requestId: `req_${atMs}`, userId, atMs, body: JSON.stringify('€'.repeat(1_000)) }])
    expect(await payloads.storedBytes()).toBe(4 * 3_002)
    expect(await payloads.evict(3_003, 10)).toEqual({ count: 2, bytes: 6_004 })
    expect(await payloads.evict(1_000_000, 1)).toEqual({ count: 1, bytes: 3_002 })
    expect(await payloads.find('req_3')).toBeUndefined()
    expect(await payloads.find('req_4')).toMatchObject({ atMs: 4 })
    expect(await payloads.storedBytes()).toBe(3_002)
  })
})
