import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** Whom the server says has signed in. */
export interface Subject {
  readonly sub: string
  readonly email: string
  readonly email_verified: boolean
  readonly name: string
}

/** A small OpenID Connect provider on loopback: discovery, keys, authorisation code with PKCE, signed ID tokens. */
export interface OidcServer {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Who signs in next. */
  subject: Subject
  /** What ID tokens are to say instead of the truth. */
  lie: Readonly<Record<string, unknown>>
  /** Whether tokens are signed with a key that nobody published. */
  usesForeignKey: boolean
  /** Signs the subject in, as a person at the page of `url` would; where the browser is sent back to. */
  signIn(url: string): Promise<string>
  stop(): Promise<void>
}

interface Grant {
  readonly challenge: string
  readonly nonce: string | null
  readonly redirectUri: string
}

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2_048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
}
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export const startOidc = async (): Promise<OidcServer> => {
  const [own, foreign] = await Promise.all([newKey(), newKey()])
  const grants = new Map<string, Grant>()
  const respond = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', oidc.issuer)
    if (url.pathname === '/.well-known/openid-configuration') return respond(response, 200, discovery(oidc.issuer))
    if (url.pathname === '/keys')
      return respond(response, 200, { keys: [{ ...own.publicJwk, kid: 'own', use: 'sig', alg: 'RS256' }] })
    if (url.pathname === '/authorize') {
      const { redirectUri, state, code } = grant(url, grants, oidc.clientId)
      response.writeHead(302, { location: `${redirectUri}?code=${code}&state=${encodeURIComponent(state)}` }).end()
      return undefined
    }
    if (url.pathname !== '/token') return respond(response, 404, {})
    const granted = await redeem(request, grants, oidc)
    if (!granted) return respond(response, 400, { error: 'invalid_grant' })
    const claims = claimsOf(oidc, granted)
    const idToken = await sign(oidc.usesForeignKey ? foreign.privateKey : own.privateKey, claims)
    return respond(response, 200, {
      access_token: 'an-access-token',
      token_type: 'Bearer',
      expires_in: 60,
      id_token: idToken,
    })
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => respond(response, 500, { error: String(error) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const oidc: OidcServer = {
    issuer: `http://127.0.0.1:${port}`,
    clientId: 'tollgate',
    clientSecret: 'a-secret-of-the-provider',
    subject: { sub: 'u-1', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' },
    lie: {},
    usesForeignKey: false,
    signIn: async (url) => {
      const redirected = await fetch(url, { redirect: 'manual' })
      await redirected.text()
      return redirected.headers.get('location') ?? ''
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return oidc
}

const discovery = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
})

const newKey = async () => {
  const pair = (await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair
  return { privateKey: pair.privateKey, publicJwk: await crypto.subtle.exportKey('jwk', pair.publicKey) }
}

const grant = (url: URL, grants: Map<string, Grant>, clientId: string) => {
  const asked = (name: string): string => url.searchParams.get(name) ?? ''
  const scopes = asked('scope').split(' ')
  if (asked('client_id') !== clientId || asked('response_type') !== 'code' || !scopes.includes('openid'))
    throw new Error(`this is no request of ours: ${url.search}`)
  if (asked('code_challenge_method') !== 'S256') throw new Error('PKCE is missing')
  const code = randomBytes(12).toString('hex')
  const redirectUri = asked('redirect_uri')
  grants.set(code, { challenge: asked('code_challenge'), nonce: url.searchParams.get('nonce'), redirectUri })
  return { redirectUri, state: asked('state'), code }
}

const redeem = async (request: IncomingMessage, grants: Map<string, Grant>, oidc: OidcServer) => {
  let body = ''
  for await (const part of request) body += String(part)
  const sent = new URLSearchParams(body)
  const granted = grants.get(sent.get('code') ?? '')
  grants.delete(sent.get('code') ?? '')
  const basic = `Basic ${Buffer.from(`${oidc.clientId}:${oidc.clientSecret}`).toString('base64')}`
  const isClient = request.headers.authorization === basic || sent.get('client_secret') === oidc.clientSecret
  const challenge = createHash('sha256')
    .update(sent.get('code_verifier') ?? '')
    .digest('base64url')
  const isTheirs = granted?.challenge === challenge && granted.redirectUri === sent.get('redirect_uri')
  return isClient && isTheirs ? granted : undefined
}

const claimsOf = ({ issuer, clientId, subject, lie }: OidcServer, { nonce }: Grant) => {
  const now = Math.floor(Date.now() / 1_000)
  return { iss: issuer, aud: clientId, iat: now, exp: now + 60, ...(nonce !== null && { nonce }), ...subject, ...lie }
}

const sign = async (key: CryptoKey, claims: object): Promise<string> => {
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'own' })}.${encode(claims)}`
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, new TextEncoder().encode(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}
