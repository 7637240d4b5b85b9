import { z } from '@hono/zod-openapi'
import { readRanges } from '../../keys/addresses.ts'
import { type NanoUsd, parsePartsPerMillion, parseUsd, type PartsPerMillion } from '../../units.ts'

/** Fields that requests are made of, each with messages that continue the sentence "`field` …". */

/** No single amount may exceed this: far above any real one, far below what a 64-bit column holds. */
const USD_MAX = 100_000_000n
const NANO_USD_MAX = USD_MAX * 1_000_000_000n
const MULTIPLIER_MAX = '1000'
const INTEGER_MAX = 2_147_483_647

// `error` receives the raw input, so that "missing" and "wrong type" can be told apart.
const otherwise =
  (expected: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is required' : `must be ${expected}`

// Control characters and lone surrogates break logs and are refused by PostgreSQL.
const isPlainText = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text)

/** A line of text of 1 to `lengthMax` characters. */
export const line = (lengthMax: number) =>
  z
    .string({ error: otherwise('a string') })
    .min(1, 'must not be empty')
    .max(lengthMax, `must have at most ${lengthMax} characters`)
    .refine(isPlainText, 'must not contain control characters')

export const emailField = z
  .string({ error: otherwise('a string') })
  .trim()
  .toLowerCase()
  .max(254, 'must have at most 254 characters')
  .pipe(z.email('must be an e-mail address such as ada@example.com'))
  .openapi({ type: 'string', format: 'email', description: 'Stored in lower case.', example: 'ada@example.com' })

const decimalText = (example: string) =>
  z.string({
    error: ({ input }) =>
      typeof input === 'number'
        ? `must be a decimal string such as "${example}", not a JSON number: floats cannot hold money exactly`
        : otherwise(`a decimal string such as "${example}"`)({ input }),
  })

/** An amount above zero in USD, as a decimal string with at most nine places. */
export const amountField = (example: string) => amount(example, 'above 0', (nano) => nano > 0n)

/** An amount in USD that may be below zero, to take back what was given by mistake. */
export const signedAmountField = (example: string) =>
  amount(example, `above 0, or below it and at least -${USD_MAX}, to correct`, (nano) => nano !== 0n)

const amount = (example: string, range: string, accepts: (nano: bigint) => boolean) =>
  decimalText(example)
    .transform((text, context): NanoUsd => {
      const nano = parseUsd(text)
      if (nano !== undefined && accepts(nano) && nano <= NANO_USD_MAX && nano >= -NANO_USD_MAX) return nano
      const expected =
        nano === undefined
          ? `a decimal string in USD with at most nine places, such as "${example}"`
          : `${range}, and at most ${USD_MAX}`
      context.addIssue({ code: 'custom', message: `must be ${expected}` })
      return z.NEVER
    })
    .openapi({ type: 'string', pattern: `^${accepts(-1n) ? '-?' : ''}\\d{1,9}(\\.\\d{1,9})?$`, example })

/** No price may exceed this, in USD per million tokens or for one of something. */
const PRICE_USD_MAX = 1_000_000n

/** A price of 0 or more in USD, as a decimal string with at most nine places. */
export const priceField = (example: string) =>
  decimalText(example)
    .transform((text, context): NanoUsd => {
      const nano = parseUsd(text)
      if (nano !== undefined && nano >= 0n && nano <= PRICE_USD_MAX * 1_000_000_000n) return nano
      const message = `must be a decimal string in USD from "0" to "${PRICE_USD_MAX}" with at most nine places, such as "${example}"`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .openapi({ type: 'string', pattern: '^\\d{1,7}(\\.\\d{1,9})?$', example })

/** A factor such as `"0.9"`, at most six places. */
export const multiplierField = decimalText('0.9')
  .transform((text, context): PartsPerMillion => {
    const factor = parsePartsPerMillion(text)
    const max = parsePartsPerMillion(MULTIPLIER_MAX)
    if (factor !== undefined && max !== undefined && factor <= max) return factor
    const message = `must be a decimal string from "0" to "${MULTIPLIER_MAX}" with at most six places`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .openapi({ type: 'string', pattern: '^\\d{1,4}(\\.\\d{1,6})?$', example: '0.9' })

export const countField = z
  .number({ error: otherwise('a whole number above 0') })
  .int('must be a whole number above 0')
  .min(1, 'must be a whole number above 0')
  .max(INTEGER_MAX, `must be at most ${INTEGER_MAX}`)

/** A list of at least one thing: an empty allow-list would read as "nothing" to some and as "everything" to others. */
export const listOf = <Item extends z.ZodType>(item: Item, lengthMax: number) =>
  z
    .array(item, { error: otherwise('a list') })
    .min(1, 'must not be an empty list; leave it out to allow everything')
    .max(lengthMax, `must have at most ${lengthMax} entries`)

export const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: otherwise(`one of ${names.join(', ')}`) })

// Checked by the reader that authentication uses: what it cannot read would match nobody.
const isAddressOrRange = (text: string): boolean => readRanges([text]).unreadable.length === 0

export const addressField = z
  .string({ error: otherwise('a string') })
  .refine(isAddressOrRange, 'must be an IP address or a CIDR range, such as 203.0.113.7 or 2001:db8::/32')
  .openapi({ example: '203.0.113.0/24' })

const DATE_TIME = z.iso.datetime({ offset: true })

/** A moment with its offset from UTC, read as Unix milliseconds. */
export const momentField = z
  .string({ error: otherwise('a string') })
  .transform((text, context): number => {
    const atMs = DATE_TIME.safeParse(text).success ? Date.parse(text) : Number.NaN
    if (!Number.isNaN(atMs)) return atMs
    const message =
      'must be a time in ISO 8601 with an offset, such as 2027-01-31T12:00:00Z (a + is written %2B in a URL)'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .openapi({ type: 'string', format: 'date-time', example: '2027-01-31T12:00:00Z' })

/** A day, in UTC. */
export const dayField = z
  .string({ error: otherwise('a string') })
  .refine((text) => z.iso.date().safeParse(text).success, 'must be a day such as 2026-11-21')
  .openapi({ type: 'string', format: 'date', example: '2026-11-21' })

const DURATION = /^(\d{1,9})(s|m|h|d)$/
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const isUnit = (text: string | undefined): text is keyof typeof UNIT_MS => text !== undefined && text in UNIT_MS

/** `"10m"`, `"36h"`, `"2d"` or a whole number of seconds, read as milliseconds. */
export const durationField = (daysMax: number) => {
  const message = `must be a duration such as "10m", "36h" or "2d", or whole seconds, from 0 to ${daysMax} days`
  return z
    .union([z.number(), z.string()], { error: message })
    .transform((input, context): number => {
      const [, count, unit] = DURATION.exec(typeof input === 'number' ? `${input}s` : input) ?? []
      const durationMs = isUnit(unit) ? Number(count) * UNIT_MS[unit] : Number.NaN
      if (durationMs <= daysMax * UNIT_MS.d) return durationMs
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .openapi({ type: ['string', 'integer'], example: '10m' })
}

/** A whole number in a query string. */
export const queryCount = (min: number, max: number) =>
  z
    .string({ error: otherwise('a whole number') })
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((count) => count >= min && count <= max, `must be a whole number from ${min} to ${max}`)
    .openapi({ type: 'integer', minimum: min, maximum: max })
