import { type AwsCredentials, signRequest, type UnsignedRequest } from './sigv4.ts'

/** A key as an operator writes it. */
export type AwsKey =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'access-key'; readonly credentials: AwsCredentials }

const ACCESS_KEY = /^((?:AKIA|ASIA)[A-Z0-9]{12,124}):([^:]+)(?::([^:]+))?$/

/**
 * Reads a key: `AKIA…:<secret>` or `ASIA…:<secret>:<session token>` is an access key, with which requests are signed;
 * anything else a Bedrock API key, which goes as a Bearer token.
 */
export const readAwsKey = (text: string): AwsKey => {
  const [, accessKeyId, secretAccessKey, sessionToken] = ACCESS_KEY.exec(text) ?? []
  if (accessKeyId === undefined || secretAccessKey === undefined) return { kind: 'token', token: text }
  const token = sessionToken === undefined ? {} : { sessionToken }
  return { kind: 'access-key', credentials: { accessKeyId, secretAccessKey, ...token } }
}

/** Also an endpoint inside a private network: `vpce-….bedrock-runtime.us-east-1.vpce.amazonaws.com`. */
const HOST = /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/

/** The region an endpoint is in: `bedrock-runtime.us-east-1.amazonaws.com` → `us-east-1`; else AWS's first. */
export const regionOf = (host: string): string => HOST.exec(host)?.[1] ?? 'us-east-1'

/** The headers that authorize one request to Bedrock with a key. Its body must not change afterwards. */
export const authorizeBedrock = (key: string, request: UnsignedRequest, atMs: number): Record<string, string> => {
  const read = readAwsKey(key)
  if (read.kind === 'token') return { authorization: `Bearer ${read.token}` }
  return signRequest(request, read.credentials, { region: regionOf(request.url.hostname), service: 'bedrock' }, atMs)
}
