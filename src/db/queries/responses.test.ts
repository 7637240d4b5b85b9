import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { openShelf, type Shelf } from '../fixture.ts'
import type { KeptResponse, Store } from '../types.ts'

const kept = (scope: string, id: string, more: Partial<KeptResponse> = {}): KeptResponse => ({
  scope,
  id,
  previousId: null,
  model: 'm1',
  createdAtMs: 1_000,
  expiresAtMs: 2_000,
  input: `"asked ${id}"`,
  body: `{"id":"${id}"}`,
  ...more,
})

const LIMITS = { turnsMax: 200, bytesMax: 1_000_000 }

describe.each(DATABASES)('on %s', (kind) => {
  let shelf: Shelf
  let responses: Store['responses']
  let nowMs = 1_000
  beforeAll(async () => {
    shelf = await openShelf(kind, () => nowMs)
    responses = shelf.store.responses
  }, START_TIMEOUT_MS)
  beforeEach(() => {
    nowMs = 1_000
  })
  afterAll(() => shelf.close())

  /** Keeps a conversation of responses `0`, `1`, … in a scope. */
  const converse = async (scope: string, turns: number, more: Partial<KeptResponse> = {}): Promise<void> => {
    for (let at = 0; at < turns; at++)
      await responses.keep(kept(scope, `${at}`, { previousId: at === 0 ? null : `${at - 1}`, ...more }), [])
  }

  const found = async (scope: string, itemIds: readonly string[]) =>
    (await responses.turns(scope, { ids: [], itemIds })).map(({ body }) => body)

  const turnsOf = async (scope: string, id: string, limits = LIMITS) => {
    const chain = await responses.chain(scope, id, limits)
    return chain.ok ? chain.value.map(({ input }) => JSON.parse(input)) : chain.error
  }

  test('a response is found as it was kept, by whoever asks next, and only by its own', async () => {
    const response = kept('a', 'resp_1', { previousId: 'resp_0' })
    const write = responses.keep(response, ['msg_1'])
    expect(await responses.find('a', 'resp_1')).toEqual(response)
    expect(await write).toEqual({ ok: true, value: undefined })
    expect(await responses.find('b', 'resp_1')).toBeUndefined()
    expect(await found('a', ['msg_0', 'msg_1'])).toEqual([response.body])
    expect(await found('b', ['msg_1'])).toEqual([])
    const { input, body } = response
    const wanted = { ids: ['resp_1', 'resp_0'], itemIds: ['msg_1'] }
    expect(await responses.turns('a', wanted)).toEqual([{ input, body }])
    expect(await responses.turns('a', { ids: ['resp_1'], itemIds: [] })).toEqual([{ input, body }])
    expect(await responses.turns('b', wanted)).toEqual([])
  })

  test('one id may be two responses of two scopes, and is the later one of one scope', async () => {
    await responses.keep(kept('one', 'same', { body: 'first' }), ['item'])
    await responses.keep(kept('other', 'same', { body: 'theirs' }), ['item'])
    await responses.keep(kept('one', 'same', { body: 'second' }), ['item'])
    expect((await responses.find('one', 'same'))?.body).toBe('second')
    expect((await responses.find('other', 'same'))?.body).toBe('theirs')
    expect(await found('one', ['item'])).toEqual(['second'])
  })

  test('an item that comes twice in one answer is kept once, and no id is too strange to ask for', async () => {
    const strange = ['twice', 'twice', `it's "?" $1 \\u0000`, 'half \ud800']
    expect(await responses.keep(kept('strange', 'r', { body: 'found' }), strange)).toMatchObject({ ok: true })
    for (const id of strange) expect(await found('strange', [id, 'none \0'])).toEqual(['found'])
    expect(await responses.find('strange', 'none \0')).toBeUndefined()
  })

  test('a conversation is followed to its first turn, oldest first, within its limits', async () => {
    await converse('chain', 4)
    expect(await turnsOf('chain', '2')).toEqual(['asked 0', 'asked 1', 'asked 2'])
    expect(await turnsOf('chain', '3', { ...LIMITS, turnsMax: 4 })).toHaveLength(4)
    expect(await turnsOf('chain', '3', { ...LIMITS, turnsMax: 3 })).toBe('too-long')
    const bytes = Buffer.byteLength('"asked 0"{"id":"0"}') * 4
    expect(await turnsOf('chain', '3', { ...LIMITS, bytesMax: bytes })).toHaveLength(4)
    expect(await turnsOf('chain', '3', { ...LIMITS, bytesMax: bytes - 1 })).toBe('too-long')
    expect(await turnsOf('another', '3')).toBe('not-found')
    await responses.keep(kept('chain', 'self', { previousId: 'self' }), [])
    expect(await turnsOf('chain', 'self')).toBe('too-long')
  })

  test('a conversation with a turn that was deleted cannot be gone on with, and the turn is named', async () => {
    await converse('hole', 4)
    expect(await responses.remove('hole', '1')).toBe(true)
    expect(await turnsOf('hole', '3')).toEqual({ missing: '1' })
    expect(await turnsOf('hole', '2')).toEqual({ missing: '1' })
    expect(await turnsOf('hole', '1')).toBe('not-found')
    expect(await turnsOf('hole', '0')).toEqual(['asked 0'])
  })

  test('what is deleted is gone with its items, and only once', async () => {
    await responses.keep(kept('gone', 'r'), ['i'])
    expect(await responses.remove('other', 'r')).toBe(false)
    expect(await responses.remove('gone', 'r')).toBe(true)
    expect(await responses.remove('gone', 'r')).toBe(false)
    expect(await responses.find('gone', 'r')).toBeUndefined()
    expect(await found('gone', ['i'])).toEqual([])
  })

  test('what has expired is not found, and stays until no later turn leads to it', async () => {
    await converse('old', 3)
    await responses.keep(kept('old', '3', { previousId: '2', expiresAtMs: 3_000 }), ['late'])
    nowMs = 2_000
    expect(await responses.find('old', '1')).toBeUndefined()
    expect(await responses.remove('old', '1')).toBe(false)
    expect(await turnsOf('old', '2')).toBe('not-found')
    await responses.sweep()
    expect(await turnsOf('old', '3')).toEqual(['asked 0', 'asked 1', 'asked 2', 'asked 3'])
    nowMs = 3_000
    expect(await responses.turns('old', { ids: ['3'], itemIds: ['late'] })).toEqual([])
    expect(await responses.sweep()).toBeGreaterThanOrEqual(4)
    expect(await responses.sweep()).toBe(0)
    const rows = await shelf.database.run([
      { sql: "SELECT count(*) AS n FROM responses WHERE scope = 'old'", parameters: [] },
      { sql: "SELECT count(*) AS n FROM response_items WHERE scope = 'old'", parameters: [] },
    ])
    expect(rows).toMatchObject({ ok: true, value: [{ rows: [{ n: 0n }] }, { rows: [{ n: 0n }] }] })
  })

  test('a write that cannot be done says why', async () => {
    const closing = await openShelf(kind)
    await closing.database.close()
    expect(await closing.store.responses.keep(kept('a', 'b'), [])).toEqual({
      ok: false,
      error: 'the database is closed',
    })
    await closing.close()
  })
})
