import { createAdapterFactory } from 'better-auth/adapters'
import type { Condition, SignInRow, SignInRows, SignInTable } from '../db/queries/people-rows.ts'
import { SIGN_IN_TABLES } from '../db/queries/people-rows.ts'
import { newId } from '../db/ids.ts'

/// Between the sign-in library and our tables: times are whole milliseconds there, truth values 0 and 1.

/** Our tables, by what the library calls them. */
export const TABLES = {
  user: 'people',
  session: 'sessions',
  account: 'credentials',
  verification: 'verifications',
  twoFactor: 'two_factors',
} as const satisfies Readonly<Record<string, SignInTable>>

const PREFIXES: Readonly<Record<string, string>> = {
  user: 'person_',
  session: 'session_',
  account: 'credential_',
  verification: 'verification_',
  twoFactor: 'factor_',
}

/** An id for a row, by what the library calls its table. */
export const idFor = (model: string, nowMs: number): string => newId(PREFIXES[model] ?? 'row_', nowMs)

const tableOf = (model: string): SignInTable => {
  const table = SIGN_IN_TABLES.find((known) => known === model)
  if (!table) throw new Error(`the sign-in library has no table ${model}`)
  return table
}

/** As a column holds it. */
const toColumn = (value: unknown): unknown => {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return value ? 1 : 0
  return value
}

/** As the library wants it, by the type it gave the field. */
const fromColumn = (value: unknown, type: unknown): unknown => {
  if (typeof value !== 'bigint' && typeof value !== 'number') return value
  if (type === 'date') return new Date(Number(value))
  if (type === 'boolean') return Number(value) === 1
  return Number(value)
}

/** An adapter of the sign-in library for our rows. */
export const createRowAdapter = (rows: SignInRows) =>
  createAdapterFactory({
    config: {
      adapterId: 'tollgate',
      usePlural: false,
      supportsDates: true,
      supportsBooleans: true,
      supportsNumericIds: false,
      // One would have the whole database to itself, on SQLite, while passwords are hashed.
      transaction: false,
      customTransformInput: ({ data }) => toColumn(data),
      customTransformOutput: ({ data, fieldAttributes }) => fromColumn(data, fieldAttributes.type),
    },
    adapter: ({ getFieldName }) => adapterOver(rows, (model, field) => getFieldName({ model, field })) as never,
  })

interface Asked {
  readonly model: string
  readonly where: readonly Asking[]
}
type Asking = Condition

const adapterOver = (rows: SignInRows, columnOf: (model: string, field: string) => string) => ({
  create: ({ model, data }: { readonly model: string; readonly data: SignInRow }) => rows.insert(tableOf(model), data),
  findOne: async ({ model, where }: Asked) => (await rows.select(tableOf(model), { where, limit: 1 }))[0] ?? null,
  findMany: ({ model, where = [], limit, offset, sortBy }: FindMany) =>
    rows.select(tableOf(model), {
      ...{ where, limit, offset },
      // Alone of all names this one comes as the library has it.
      sortBy: sortBy && { ...sortBy, field: columnOf(model, sortBy.field) },
    }),
  count: ({ model, where = [] }: Partial<Asked> & { readonly model: string }) => rows.count(tableOf(model), where),
  update: async ({ model, where, update }: Asked & { readonly update: SignInRow }) =>
    (await rows.update(tableOf(model), where, update))[0] ?? null,
  updateMany: async ({ model, where, update }: Asked & { readonly update: SignInRow }) =>
    (await rows.update(tableOf(model), where, update)).length,
  delete: async ({ model, where }: Asked) => void (await rows.remove(tableOf(model), where)),
  deleteMany: async ({ model, where }: Asked) => (await rows.remove(tableOf(model), where)).length,
  // One row, though several match; of two who want it at once, one gets it.
  consumeOne: async ({ model, where }: Asked) => {
    const only = await onlyOne(rows, model, where)
    return only ? ((await rows.remove(tableOf(model), only))[0] ?? null) : null
  },
  incrementOne: async ({ model, where, increment, set = {} }: Increment) => {
    const only = await onlyOne(rows, model, where)
    return only ? ((await rows.update(tableOf(model), only, set, increment))[0] ?? null) : null
  },
})

interface FindMany {
  readonly model: string
  readonly where?: readonly Asking[]
  readonly limit?: number
  readonly offset?: number
  readonly sortBy?: { readonly field: string; readonly direction: 'asc' | 'desc' }
}

interface Increment extends Asked {
  readonly increment: Readonly<Record<string, number>>
  readonly set?: SignInRow
}

/** The same conditions, and that it is the first row they hold for now. */
const onlyOne = async (rows: SignInRows, model: string, where: readonly Asking[]) => {
  const [row] = await rows.select(tableOf(model), { where, limit: 1 })
  if (!row) return undefined
  const isIt: Asking = { field: 'id', value: row['id'], operator: 'eq', connector: 'AND' }
  return [...where, isIt]
}
