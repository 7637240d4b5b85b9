/**
 * A service account of Google Cloud: its key file, and what is exchanged for an access token (RFC 7523).
 * https://developers.google.com/identity/protocols/oauth2/service-account
 */
import { createSign } from 'node:crypto'
import { err, ok, type Result } from '../../result.ts'

export interface ServiceAccount {
  readonly clientEmail: string
  /** PEM. */
  readonly privateKey: string
  readonly privateKeyId: string | undefined
  /** Where tokens are to be had. */
  readonly tokenUri: string
}

/** A key as an operator writes it: the JSON of a key file, or an access token to be sent as it is. */
export type GoogleKey =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'service-account'; readonly account: ServiceAccount }

const TOKEN_URI = 'https://oauth2.googleapis.com/token'

/** Reads a key. Fails, in words for the operator, for JSON that is no service account's key file. */
export const readGoogleKey = (text: string): Result<GoogleKey, string> => {
  if (!text.trimStart().startsWith('{')) return ok({ kind: 'token', token: text })
  const file = parse(text)
  if (!file) return err('the key is not readable JSON')
  const { client_email, private_key, private_key_id, token_uri = TOKEN_URI } = file
  if (typeof client_email !== 'string' || typeof private_key !== 'string')
    return err('the key is no service account key file: it lacks client_email or private_key')
  if (typeof token_uri !== 'string' || !/^https?:\/\//.test(token_uri)) return err('the token_uri is no address')
  const privateKeyId = typeof private_key_id === 'string' ? private_key_id : undefined
  const account = { clientEmail: client_email, privateKey: private_key, privateKeyId, tokenUri: token_uri }
  return ok({ kind: 'service-account', account })
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
/** The longest that Google allows. */
const VALID_SECONDS = 3_600

/** The body of the request for a token, a form, signed for this moment. Fails for a private key that cannot sign. */
export const tokenRequest = (account: ServiceAccount, atMs: number): Result<string, string> => {
  const { clientEmail, privateKey, privateKeyId, tokenUri } = account
  const iat = Math.floor(atMs / 1_000)
  const header = { alg: 'RS256', typ: 'JWT', ...(privateKeyId !== undefined && { kid: privateKeyId }) }
  const claims = { iss: clientEmail, scope: SCOPE, aud: tokenUri, iat, exp: iat + VALID_SECONDS }
  const unsigned = `${encoded(header)}.${encoded(claims)}`
  try {
    const signature = createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url')
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: `${unsigned}.${signature}` }
    return ok(new URLSearchParams(form).toString())
  } catch {
    // What it says may quote the key.
    return err('the private key of the service account is not readable')
  }
}

export interface AccessToken {
  readonly token: string
  readonly validMs: number
}

const VISIBLE = /^[\x21-\x7e]+$/

/** The token in the answer; `undefined` where there is none. */
export const readToken = (body: string): AccessToken | undefined => {
  const { access_token, expires_in } = parse(body) ?? {}
  if (typeof access_token !== 'string' || !VISIBLE.test(access_token)) return undefined
  const seconds = Number(expires_in)
  return { token: access_token, validMs: (seconds > 0 && seconds <= VALID_SECONDS ? seconds : VALID_SECONDS) * 1_000 }
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const parse = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
