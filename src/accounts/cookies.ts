import { createHmac, timingSafeEqual } from 'node:crypto'

/// The cookies of whoever is signed in. Scripts cannot read them, other sites' forms do not send them.

/** What each cookie is for. `session`, `twoFactor` and others are made by the sign-in library, under the same prefix. */
export interface CookieNames {
  readonly prefix: string
  readonly session: string
  readonly dontRemember: string
  /** Of the operator, once the admin key was entered. */
  readonly operator: string
  /** Of an organisation that an administrator looks at. */
  readonly view: string
  /** What somebody who signs in elsewhere was invited with. */
  readonly invitation: string
}

/** `__Host-`: a browser takes such a cookie from this very host alone, for all its paths, and only by TLS. */
export const cookieNames = (isSecure: boolean): CookieNames => {
  const prefix = isSecure ? '__Host-tollgate' : 'tollgate'
  return {
    prefix,
    session: `${prefix}.session_token`,
    dontRemember: `${prefix}.dont_remember`,
    operator: `${prefix}.operator`,
    view: `${prefix}.view`,
    invitation: `${prefix}.invitation`,
  }
}

/** The value of a cookie; the first, where several have the name. */
export const readCookie = (header: string | null, name: string): string | undefined => {
  for (const part of header?.split(';') ?? []) {
    const [found, ...rest] = part.trim().split('=')
    if (found === name && rest.length > 0) return rest.join('=')
  }
  return undefined
}

/** A `Set-Cookie` of ours. `maxAgeMs` 0 takes it away; left out, it ends with the browser. */
export const writeCookie = (name: string, value: string, isSecure: boolean, maxAgeMs?: number): string =>
  [
    `${name}=${value}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure ? ['Secure'] : []),
    ...(maxAgeMs === undefined ? [] : [`Max-Age=${Math.floor(maxAgeMs / 1_000)}`]),
  ].join('; ')

/** What a signed cookie says (`value.signature`, base64 of HMAC-SHA-256, percent-encoded), if the signature is ours. */
export const readSigned = (cookie: string | undefined, secret: string): string | undefined => {
  if (cookie === undefined || cookie.length > SIGNED_CHARACTERS_MAX) return undefined
  const text = decoded(cookie)
  const dot = text.lastIndexOf('.')
  if (dot < 1) return undefined
  const value = text.slice(0, dot)
  const given = Buffer.from(text.slice(dot + 1))
  const own = Buffer.from(signatureOf(value, secret))
  return given.length === own.length && timingSafeEqual(given, own) ? value : undefined
}

/** A value that `readSigned` reads: what is made up by others asks nothing of the database. */
export const sign = (value: string, secret: string): string =>
  encodeURIComponent(`${value}.${signatureOf(value, secret)}`)

const signatureOf = (value: string, secret: string): string =>
  createHmac('sha256', secret).update(value).digest('base64')

const SIGNED_CHARACTERS_MAX = 1_000

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
