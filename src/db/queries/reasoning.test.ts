import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { openShelf, type Shelf } from '../fixture.ts'
import type { Store } from '../types.ts'

const kept = (key: string, state: string, expiresAtMs = 2_000) => ({ key, state, expiresAtMs })

describe.each(DATABASES)('on %s', (kind) => {
  let shelf: Shelf
  let reasoning: Store['reasoning']
  let nowMs = 1_000
  beforeAll(async () => {
    shelf = await openShelf(kind, () => nowMs)
    reasoning = shelf.store.reasoning
  }, START_TIMEOUT_MS)
  afterAll(() => shelf.close())

  test('state is found as it was kept, by whoever asks next, and only by its own', async () => {
    const write = reasoning.keep('a', kept('c1', 'one'))
    expect(await reasoning.find('a', ['c0', 'c1'])).toEqual(new Map([['c1', 'one']]))
    expect((await write).ok).toBe(true)
    expect(await reasoning.find('b', ['c1'])).toEqual(new Map())
  })

  test('the same answer to the same conversation, given again, has the state of the last one', async () => {
    await reasoning.keep('a', kept('twice', 'first'))
    await reasoning.keep('a', kept('twice', 'second'))
    expect(await reasoning.find('a', ['twice'])).toEqual(new Map([['twice', 'second']]))
  })

  test('what has expired is found no more, and swept', async () => {
    await reasoning.keep('sweep', kept('early', 'x', 3_000))
    await reasoning.keep('sweep', kept('late', 'y', 9_000))
    nowMs = 3_000
    expect([...(await reasoning.find('sweep', ['early', 'late'])).keys()]).toEqual(['late'])
    expect(await reasoning.sweep()).toBeGreaterThanOrEqual(1)
    expect(await reasoning.sweep()).toBe(0)
    nowMs = 1_000
    expect([...(await reasoning.find('sweep', ['early', 'late'])).keys()]).toEqual(['late'])
  })
})
