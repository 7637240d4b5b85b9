/**
 * AWS Signature Version 4 in headers: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 * Pure: the time is given. Paths are encoded once more for signing, as every service but S3 wants it.
 */
import { createHash, createHmac } from 'node:crypto'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string
}

export interface AwsScope {
  /** `us-east-1` */
  readonly region: string
  /** `bedrock` */
  readonly service: string
}

export interface UnsignedRequest {
  readonly method: string
  /** As it will go over the wire. */
  readonly url: URL
  /** By lower-case name: those to sign besides `host` and `x-amz-date`. Others may be added unsigned. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/** The headers to add to a request: `authorization`, `x-amz-date` and, with temporary credentials, the token. */
export const signRequest = (
  request: UnsignedRequest,
  credentials: AwsCredentials,
  { region, service }: AwsScope,
  atMs: number,
): Record<string, string> => {
  const at = timestamp(atMs)
  const token = credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }
  const added = { 'x-amz-date': at, ...token }
  const headers = canonicalHeaders({ ...request.headers, host: request.url.host, ...added })
  const names = headers.map(([name]) => name).join(';')
  const canonical = [
    request.method.toUpperCase(),
    canonicalPath(request.url.pathname),
    canonicalQuery(request.url.search),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(request.body),
  ].join('\n')
  const scope = `${at.slice(0, 8)}/${region}/${service}/aws4_request`
  const key = signingKey(credentials.secretAccessKey, at.slice(0, 8), region, service)
  const signature = hmac(key, [ALGORITHM, at, scope, sha256(canonical)].join('\n')).toString('hex')
  const credential = `${credentials.accessKeyId}/${scope}`
  return {
    ...added,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

/** `20150830T123600Z` */
const timestamp = (atMs: number): string => new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '')

const signingKey = (secret: string, date: string, region: string, service: string): Uint8Array =>
  [date, region, service, 'aws4_request'].reduce<Uint8Array>(hmac, new TextEncoder().encode(`AWS4${secret}`))

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')

/** Names sorted; values trimmed, and runs of spaces in them made one. */
const canonicalHeaders = (headers: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .sort(([a], [b]) => compare(a, b))

/** The path as sent, each segment encoded again: `/model/a%3A0/invoke` is signed as `/model/a%253A0/invoke`. */
const canonicalPath = (path: string): string => path.split('/').map(encode).join('/') || '/'

const canonicalQuery = (search: string): string =>
  search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const [name = '', ...value] = pair.split('=')
      return [encode(decode(name)), encode(decode(value.join('=')))]
    })
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

/** By code unit, as AWS sorts; a locale would differ. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** RFC 3986: what `encodeURIComponent` leaves beyond the unreserved characters is encoded too. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not an encoding at all: it stands for itself.
    return text
  }
}
