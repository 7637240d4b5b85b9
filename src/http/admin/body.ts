import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { fault } from '../../errors.ts'
import { refuse } from './refusal.ts'

const BODY_BYTES_MAX = 65_536

/** Refuses bodies above 64 KiB, whether their length is declared or found out on the way. */
export const limitBody: MiddlewareHandler = bodyLimit({
  maxSize: BODY_BYTES_MAX,
  onError: (c) => refuse(c, fault('request-too-large', `The body must not exceed ${BODY_BYTES_MAX} bytes.`)),
})

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
