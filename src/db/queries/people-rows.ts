import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import type { Tables } from '../tables.ts'

/// Rows of the tables that the sign-in library keeps its things in, as it asks for them: by table, column and operator.

/** The tables it may touch. */
export const SIGN_IN_TABLES = ['people', 'sessions', 'credentials', 'verifications', 'two_factors'] as const
export type SignInTable = (typeof SIGN_IN_TABLES)[number]

export type SignInRow = Readonly<Record<string, unknown>>

export interface Condition {
  readonly field: string
  readonly value: unknown
  readonly operator: string
  readonly connector: 'AND' | 'OR'
  readonly mode?: 'sensitive' | 'insensitive' | undefined
}

export interface Selection {
  readonly where: readonly Condition[]
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly sortBy?: { readonly field: string; readonly direction: 'asc' | 'desc' } | undefined
}

/** Reads and writes rows by the words of the sign-in library. */
export interface SignInRows {
  insert(table: SignInTable, row: SignInRow): Promise<SignInRow>
  select(table: SignInTable, selection: Selection): Promise<readonly SignInRow[]>
  count(table: SignInTable, where: readonly Condition[]): Promise<number>
  /** Those that it changed, as they are now; with `add` columns are added to. */
  update(
    table: SignInTable,
    where: readonly Condition[],
    set: SignInRow,
    add?: Readonly<Record<string, number>>,
  ): Promise<readonly SignInRow[]>
  /** Those that were there. */
  remove(table: SignInTable, where: readonly Condition[]): Promise<readonly SignInRow[]>
}

type Anything = Readonly<Record<string, Record<string, unknown>>>

export const openSignInRows = (tables: Kysely<Tables>): SignInRows => {
  const db = tables as unknown as Kysely<Anything>
  return {
    insert: async (table, row) => {
      await db.insertInto(table).values(row).execute()
      return row
    },
    select: async (table, { where, limit, offset, sortBy }) => {
      let query = db.selectFrom(table).selectAll().where(conditionOf(where))
      if (sortBy) query = query.orderBy(sql.ref(sortBy.field), sortBy.direction)
      if (limit !== undefined) query = query.limit(limit)
      if (offset !== undefined && offset > 0) query = query.offset(offset)
      return (await query.execute()) as readonly SignInRow[]
    },
    count: async (table, where) => {
      const counted = db.selectFrom(table).select((one) => one.fn.countAll().as('count'))
      return Number((await counted.where(conditionOf(where)).executeTakeFirst())?.['count'] ?? 0)
    },
    update: async (table, where, set, add = {}) => {
      const added = Object.entries(add).map(([field, by]) => [field, sql`coalesce(${sql.ref(field)}, 0) + ${by}`])
      const changes = { ...set, ...(Object.fromEntries(added) as SignInRow) }
      if (Object.keys(changes).length === 0) return []
      return (await db
        .updateTable(table)
        .set(changes)
        .where(conditionOf(where))
        .returningAll()
        .execute()) as readonly SignInRow[]
    },
    remove: async (table, where) =>
      (await db.deleteFrom(table).where(conditionOf(where)).returningAll().execute()) as readonly SignInRow[],
  }
}

type Build = ExpressionBuilder<Anything, string>

/** All that are joined by AND hold, and one of those joined by OR, where there are any. */
const conditionOf =
  (where: readonly Condition[]) =>
  (build: Build): Expression<SqlBool> => {
    const isOr = ({ connector }: Condition): boolean => connector === 'OR'
    const all = where.filter((one) => !isOr(one)).map(comparisonOf)
    const some = where.filter(isOr).map(comparisonOf)
    return build.and([...all, ...(some.length > 0 ? [build.or(some)] : [])])
  }

const SIGNS: Readonly<Record<string, string>> = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' }

const comparisonOf = ({ field, value, operator, mode }: Condition): Expression<SqlBool> => {
  const isLowered = mode === 'insensitive' && typeof value === 'string'
  const column = isLowered ? sql`lower(${sql.ref(field)})` : sql.ref(field)
  const wanted = isLowered ? value.toLowerCase() : value
  if (wanted === null && operator === 'eq') return sql<SqlBool>`${column} IS NULL`
  if (wanted === null && operator === 'ne') return sql<SqlBool>`${column} IS NOT NULL`
  if (operator === 'in' || operator === 'not_in') return listed(column, operator, Array.isArray(value) ? value : [])
  const sign = SIGNS[operator]
  if (sign !== undefined) return sql<SqlBool>`${column} ${sql.raw(sign)} ${wanted}`
  const text = String(wanted).replace(/[\\%_]/g, '\\$&')
  const pattern = { contains: `%${text}%`, starts_with: `${text}%`, ends_with: `%${text}` }[operator]
  if (pattern === undefined) throw new Error(`rows cannot be looked for by ${operator}`)
  return sql<SqlBool>`${column} LIKE ${pattern} ESCAPE '\\'`
}

const listed = (column: Expression<unknown>, operator: 'in' | 'not_in', values: readonly unknown[]) => {
  // No row is in an empty list, and no database has a word for one.
  if (values.length === 0) return operator === 'in' ? sql<SqlBool>`1 = 0` : sql<SqlBool>`1 = 1`
  return sql<SqlBool>`${column} ${sql.raw(operator === 'in' ? 'IN' : 'NOT IN')} (${sql.join(values)})`
}
