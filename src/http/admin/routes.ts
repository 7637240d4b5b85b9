import { z } from '@hono/zod-openapi'
import { fault, type GatewayError } from '../../errors.ts'
import { FailureSchema } from './refusal.ts'

/** Pieces that route definitions share. */

export const ADMIN_ONLY = [{ adminKey: [] }, { adminKeyHeader: [] }, { session: [] }]
/** Whoever has a Tollgate key: no cookie is read there. */
export const KEY_ONLY = [{ tollgateKey: [] }, { tollgateKeyHeader: [] }]
export const KEY_OWNER = [...KEY_ONLY, { session: [] }]

/** Whoever is signed in to the console. */
export const SIGNED_IN = [{ session: [] }]

export const TIME = z.string().openapi({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
export const USD = z.string().openapi({
  description: 'USD as a decimal string with nine places.',
  pattern: '^-?\\d+\\.\\d{9}$',
  example: '12.500000000',
})

/** An id in a path. What could never be an id is refused before a database sees it, as the 404 it is. */
export const idParam = (example: string) =>
  z
    .string()
    .regex(/^[!-~]{1,200}$/)
    .openapi({ example })

const FAILURES = {
  400: 'The request is malformed; `details` names the field.',
  401: 'The credential is missing or wrong.',
  402: 'The balance does not cover it.',
  403: 'The key may not do this.',
  404: 'There is no such thing.',
  409: 'It contradicts what is there already.',
  413: 'The body is above 64 KiB.',
  415: 'The body is not declared as `application/json`.',
  429: 'Too many requests without a valid credential; wait for `retry-after`.',
  500: 'Our fault; it was logged.',
}

type FailureResponse = { description: string; content: { 'application/json': { schema: typeof FailureSchema } } }

const failure = (description: string): FailureResponse => ({
  description,
  content: { 'application/json': { schema: FailureSchema } },
})

/**
 * The failures of a route: the ones named, and those every route has. Typed as `default` alone, which is what lets a
 * handler answer with any of them through `refuse`; the description lists each by its status.
 */
export const failures = (...statuses: readonly (keyof typeof FAILURES)[]): { readonly default: FailureResponse } => ({
  ...Object.fromEntries([...statuses, 401, 429, 500].map((status) => [status, failure(describe(status))])),
  default: failure('Any other failure.'),
})

const describe = (status: number): string =>
  Object.entries(FAILURES).find(([known]) => Number(known) === status)?.[1] ?? 'A failure.'

/** A JSON answer with its description. */
export const answer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** A file for spreadsheets. */
export const csvAnswer = (description: string) => ({
  description,
  content: { 'text/csv': { schema: z.string().openapi({ example: 'request_id,at\r\n' }) } },
})

/** Server-sent events. */
export const streamAnswer = (description: string) => ({
  description,
  content: { 'text/event-stream': { schema: z.string().openapi({ example: 'event: receipt\ndata: {}\n\n' }) } },
})

/** A JSON body that has to be there. */
export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})

export const notFound = (what: string, id: string, param: string): GatewayError =>
  fault('not-found', `There is no ${what} with the id ${id}.`, { param, issue: `names no ${what}` })
