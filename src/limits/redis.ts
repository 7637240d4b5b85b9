import {
  allowedOf,
  checkTokens,
  costOf,
  countedOf,
  createDraft,
  limitOf,
  noteState,
  noteWait,
  WINDOWED,
} from './measures.ts'
import { ADMIT, CARRY, CORRECT, PRESENT, RELEASE, RENEW, type Script } from './scripts.ts'
import type { Admission, Ceiling, CeilingLimiter, Counted, Measure, Reservation, TokensUsed } from './types.ts'

/** What is needed of a connection; ioredis is one. */
export interface RedisConnection {
  evalsha(sha: string, keys: number, ...rest: readonly string[]): Promise<unknown>
  eval(source: string, keys: number, ...rest: readonly string[]): Promise<unknown>
}

export interface RedisLimiterOptions {
  readonly connection: RedisConnection
  /**
   * What every key begins with. The part in braces keeps all keys of a cluster on one node, as one step needs: a
   * cluster works, and counts on that node alone.
   */
  readonly prefix?: string
  /** How long a place lasts that nobody renews: those of a dead replica come back after it. */
  readonly leaseMs?: number
  /** Whose clock counts. `caller`: that of the request, for tests. */
  readonly clock?: 'server' | 'caller'
}

/** A limiter that all replicas share. */
export interface SharedLimiter extends CeilingLimiter {
  admit(ceilings: readonly Ceiling[], reservation: Reservation): Promise<Admission>
  correct(...args: Parameters<CeilingLimiter['correct']>): Promise<void>
  release(counted: Counted): Promise<void>
  renew(counted: readonly Counted[], nowMs: number): Promise<void>
  /** Counts what was let in without asking, at the age it has now. Takes no places: `renew` does. */
  carry(counted: readonly Counted[], nowMs: number): Promise<void>
  /** Says that this replica lives, for the next `ttlMs`. How many do, this one among them. */
  present(replica: string, ttlMs: number): Promise<number>
}

export const LIMIT_KEYS_PREFIX = 'tollgate:{limits}:'
/** Renewed every third of it. */
export const SHARED_LEASE_MS = 15_000
/** Keys of one call that is not a request's: it is over before any request notices. */
const KEYS_AT_ONCE = 200

/** Limits counted in Redis or Valkey. Every method rejects when the server cannot be asked; nothing is asked twice. */
export const createRedisLimiter = (options: RedisLimiterOptions): SharedLimiter => {
  const { connection, prefix = LIMIT_KEYS_PREFIX, leaseMs = SHARED_LEASE_MS, clock = 'server' } = options
  const timeOf = (nowMs: number): string => (clock === 'caller' ? String(nowMs) : '')
  const keyOf = (subject: string, measure: Measure): string => `${prefix}${subject}:${LETTERS[measure]}`
  const placesOf = ({ ceilings }: Counted): readonly string[] =>
    ceilings
      .filter((ceiling) => limitOf(ceiling, 'concurrency') !== undefined)
      .map(({ subject }) => keyOf(subject, 'concurrency'))

  return {
    async admit(ceilings, reservation) {
      checkTokens(reservation)
      const asked = askedOf(ceilings, reservation)
      if (asked.length === 0) return createDraft()
      const keys = asked.map(({ subject, measure }) => keyOf(subject, measure))
      const args = [timeOf(reservation.nowMs), String(leaseMs), reservation.id]
      for (const { cost, allowed } of asked) args.push(cost === undefined ? 'place' : String(cost), String(allowed))
      return admissionOf(await run(connection, ADMIT, keys, args), asked, ceilings, reservation)
    },
    async correct(counted, used) {
      checkTokens(used)
      const keys: string[] = []
      const differences: string[] = []
      for (const ceiling of counted.ceilings)
        for (const measure of WINDOWED) {
          const difference = costOf(measure, used) - costOf(measure, counted)
          if (difference === 0 || limitOf(ceiling, measure) === undefined) continue
          keys.push(keyOf(ceiling.subject, measure))
          differences.push(String(difference))
        }
      counted.inputTokens = used.inputTokens
      counted.outputTokens = used.outputTokens
      if (keys.length > 0) await run(connection, CORRECT, keys, [String(counted.countedAtMs), ...differences])
    },
    async release(counted) {
      const keys = placesOf(counted)
      if (keys.length > 0) await run(connection, RELEASE, keys, [counted.id])
    },
    async renew(counted, nowMs) {
      const places = counted.flatMap((one) => placesOf(one).map((key) => ({ key, args: [one.id] })))
      await runMany(connection, RENEW, places, [timeOf(nowMs), String(leaseMs)])
    },
    async carry(counted, nowMs) {
      const windows = counted.flatMap((one) =>
        askedOf(one.ceilings, one).flatMap(({ subject, measure, cost }) => {
          if (cost === undefined || cost === 0) return []
          return [{ key: keyOf(subject, measure), args: [String(nowMs - one.countedAtMs), String(cost)] }]
        }),
      )
      await runMany(connection, CARRY, windows, [timeOf(nowMs)])
    },
    async present(replica, ttlMs) {
      return Number(await run(connection, PRESENT, [`${prefix}replicas`], ['', String(ttlMs), replica]))
    },
  }
}

const LETTERS: Readonly<Record<Measure, string>> = {
  requests: 'r',
  inputTokens: 'i',
  outputTokens: 'o',
  tokens: 't',
  concurrency: 'c',
}

/** One key of a request. */
interface Asked {
  readonly subject: string
  readonly measure: Measure
  readonly limit: number
  readonly allowed: number
  /** `undefined`: a place. */
  readonly cost: number | undefined
}

/** In the order in which memory asks: windows first, then places. */
const askedOf = (ceilings: readonly Ceiling[], spent: TokensUsed): readonly Asked[] => {
  const asked: Asked[] = []
  for (const ceiling of ceilings)
    for (const measure of WINDOWED) {
      const limit = limitOf(ceiling, measure)
      if (limit === undefined) continue
      const allowed = allowedOf(ceiling, measure, limit)
      asked.push({ subject: ceiling.subject, measure, limit, allowed, cost: costOf(measure, spent) })
    }
  for (const ceiling of ceilings) {
    const limit = limitOf(ceiling, 'concurrency')
    if (limit === undefined) continue
    asked.push({ subject: ceiling.subject, measure: 'concurrency', limit, allowed: limit, cost: undefined })
  }
  return asked
}

/** Asks by the script's hash; a server that does not know it, having started or forgotten, is told the whole script. */
export const run = async (
  connection: RedisConnection,
  { source, sha }: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> => {
  try {
    return await connection.evalsha(sha, keys.length, ...keys, ...args)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return connection.eval(source, keys.length, ...keys, ...args)
  }
}

/** Many keys with arguments of their own, some at a time. */
const runMany = async (
  connection: RedisConnection,
  script: Script,
  each: readonly { readonly key: string; readonly args: readonly string[] }[],
  common: readonly string[],
): Promise<void> => {
  for (let from = 0; from < each.length; from += KEYS_AT_ONCE) {
    const some = each.slice(from, from + KEYS_AT_ONCE)
    const keys = some.map(({ key }) => key)
    await run(connection, script, keys, [...common, ...some.flatMap(({ args }) => args)])
  }
}

const admissionOf = (
  answer: unknown,
  asked: readonly Asked[],
  ceilings: readonly Ceiling[],
  reservation: Reservation,
): Admission => {
  if (!isNumbers(answer) || answer.length !== 2 + 3 * asked.length) throw new Error('Redis answered something else')
  const [granted, countedAtMs = 0] = answer
  const draft = createDraft()
  const numberAt = (index: number): number => answer[index] ?? 0
  for (const [index, { subject, measure, limit }] of asked.entries())
    noteWait(draft, subject, measure, limit, numberAt(2 + 3 * index))
  for (const [index, { subject, measure, limit }] of asked.entries()) {
    if (measure === 'concurrency') continue
    const remaining = Math.max(0, limit - numberAt(3 + 3 * index))
    noteState(draft, subject, measure, { limit, remaining, resetAtMs: reservation.nowMs + numberAt(4 + 3 * index) })
  }
  if (granted === 1) draft.counted = countedOf(ceilings, reservation.id, countedAtMs, reservation)
  return draft
}

const isNumbers = (answer: unknown): answer is readonly number[] =>
  Array.isArray(answer) && answer.every((each) => typeof each === 'number')
