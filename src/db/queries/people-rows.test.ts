import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { DatabaseKind } from '../../../test/harness/databases.ts'
import { openShelf, type Shelf } from '../fixture.ts'
import type { Condition } from './people-rows.ts'

const person = (id: string, more: object = {}) => ({
  ...{ id, email: `${id}@example.com`, name: id, image: null, email_verified: 0 },
  ...{ created_at_ms: 1, updated_at_ms: 1, ...more },
})
const where = (field: string, operator: string, value: unknown, more: Partial<Condition> = {}): Condition => ({
  ...{ field, operator, value, connector: 'AND' },
  ...more,
})

describe.each<DatabaseKind>(['sqlite', 'postgres'])('rows of the sign-in library, on %s', (kind) => {
  let shelf: Shelf
  beforeAll(async () => {
    shelf = await openShelf(kind)
    const { signIn } = shelf.store
    await signIn.insert('people', person('ada', { created_at_ms: 3 }))
    await signIn.insert('people', person('bob', { created_at_ms: 2, image: 'x' }))
    await signIn.insert('people', person('c_l', { created_at_ms: 1, email_verified: 1 }))
  })
  afterAll(() => shelf.close())

  test.each<[string, Condition[], string[]]>([
    ['eq', [where('id', 'eq', 'ada')], ['ada']],
    ['ne', [where('id', 'ne', 'ada')], ['bob', 'c_l']],
    ['lt', [where('created_at_ms', 'lt', 3)], ['bob', 'c_l']],
    ['lte', [where('created_at_ms', 'lte', 3)], ['ada', 'bob', 'c_l']],
    ['gt', [where('created_at_ms', 'gt', 2)], ['ada']],
    ['gte', [where('created_at_ms', 'gte', 2)], ['ada', 'bob']],
    ['in', [where('id', 'in', ['ada', 'c_l'])], ['ada', 'c_l']],
    ['in nothing', [where('id', 'in', [])], []],
    ['not in', [where('id', 'not_in', ['ada'])], ['bob', 'c_l']],
    ['not in nothing', [where('id', 'not_in', [])], ['ada', 'bob', 'c_l']],
    ['null', [where('image', 'eq', null)], ['ada', 'c_l']],
    ['not null', [where('image', 'ne', null)], ['bob']],
    ['contains, literally', [where('name', 'contains', '_')], ['c_l']],
    ['starts with', [where('name', 'starts_with', 'a')], ['ada']],
    ['ends with', [where('name', 'ends_with', 'b')], ['bob']],
    ['however it is capitalised', [where('email', 'eq', 'ADA@example.com', { mode: 'insensitive' })], ['ada']],
    ['both', [where('id', 'eq', 'ada'), where('created_at_ms', 'eq', 2)], []],
    [
      'either',
      [where('id', 'eq', 'ada', { connector: 'OR' }), where('id', 'eq', 'bob', { connector: 'OR' })],
      ['ada', 'bob'],
    ],
    ['nothing asked for', [], ['ada', 'bob', 'c_l']],
    ['an injection', [where('id', 'eq', "' OR 1=1 --")], []],
  ])('are found by: %s', async (_, conditions, ids) => {
    const sortBy = { field: 'id', direction: 'asc' } as const
    const rows = await shelf.store.signIn.select('people', { where: conditions, sortBy })
    expect(rows.map(({ id }) => id)).toEqual(ids)
    expect(await shelf.store.signIn.count('people', conditions)).toBe(ids.length)
  })

  test('are sorted, and parts of them read', async () => {
    const sortBy = { field: 'created_at_ms', direction: 'desc' } as const
    const rows = await shelf.store.signIn.select('people', { where: [], sortBy, limit: 1, offset: 1 })
    expect(rows.map(({ id }) => id)).toEqual(['bob'])
  })

  test('of two who take the same row at once, one gets it; counters are added to where they stand', async () => {
    const { signIn } = shelf.store
    const row = { id: 'v', identifier: 'i', value: '0', expires_at_ms: 1, created_at_ms: 1, updated_at_ms: 1 }
    await signIn.insert('verifications', row)
    const it = [where('id', 'eq', 'v')]
    await Promise.all(Array.from({ length: 5 }, () => signIn.update('verifications', it, {}, { expires_at_ms: 2 })))
    const [counted] = await signIn.select('verifications', { where: it })
    expect(counted?.['expires_at_ms']).toBe(11n)
    const taken = await Promise.all(Array.from({ length: 5 }, () => signIn.remove('verifications', it)))
    expect(taken.flat().length).toBe(1)
    expect(await shelf.store.people.sweep()).toBe(0)
  })
})
