import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { fault } from '../../errors.ts'
import { refuse } from './refusal.ts'

const BODY_BYTES_MAX = 65_536

/** Where a whole file is sent. Its limit stands behind the check of who sends it: see `limitLongBody`. */
const LONG_BODIES: ReadonlySet<string> = new Set(['/api/admin/reconciliations'])
const LONG_BODY_BYTES_MAX = 16_777_216

const limitTo = (bytesMax: number): MiddlewareHandler =>
  bodyLimit({
    maxSize: bytesMax,
    onError: (c) => refuse(c, fault('request-too-large', `The body must not exceed ${bytesMax} bytes.`)),
  })

/** Refuses bodies above 16 MiB. To be used after the caller has proved to be the operator. */
export const limitLongBody: MiddlewareHandler = limitTo(LONG_BODY_BYTES_MAX)

const limitShortBody = limitTo(BODY_BYTES_MAX)

/** Refuses bodies above 64 KiB, whether their length is declared or found out on the way. */
export const limitBody: MiddlewareHandler = (c, next) =>
  LONG_BODIES.has(c.req.path) ? next() : limitShortBody(c, next)

/**
 * Lets a call with an optional body be made without one by clients that declare `application/json` all the same:
 * the declaration is dropped where nothing follows it.
 */
export const withoutEmptyBody: MiddlewareHandler = async (c, next) => {
  const declared = c.req.header('content-type') !== undefined
  if (declared && (await c.req.text()) === '') {
    const headers = new Headers(c.req.raw.headers)
    headers.delete('content-type')
    c.req.raw = new Request(c.req.raw.url, { method: c.req.raw.method, headers })
  }
  await next()
}
