import { authorizeBedrock } from '../providers/aws/credentials.ts'
import type { ProviderKind } from '../providers/types.ts'
import { ok, type Result } from '../result.ts'
import { createGoogleTokens, type GoogleTokens, type TokenFault } from './google-tokens.ts'
import { noteLentToken } from './lent-tokens.ts'
import type { Send, Timeouts, UpstreamRequest } from './types.ts'

/** Whose key it is, and how the vendor is reached. */
export interface Account {
  readonly kind: ProviderKind
  readonly timeouts: Timeouts
  /** As in `Provider`: its tokens are fetched by the same way. */
  readonly proxy: string | null
}

/** Credentials that are more than a header with a key. */
export interface Authorizer {
  /** The request with what authorizes it. It must not change afterwards: it may be signed. */
  authorize(account: Account, key: string, request: UpstreamRequest): Promise<Result<UpstreamRequest, TokenFault>>
  /** The upstream did not take them: what was fetched with this key is not used again. */
  refused(account: Account, key: string): void
}

/** An address, and the way to it. */
export interface Place {
  readonly kind: ProviderKind
  readonly baseUrl: string
  readonly proxy: string | null
}

export interface AuthorizerDeps {
  /** How an address is reached for a provider. */
  readonly sendTo: (place: Place) => Send
  readonly nowMs: () => number
}

export const createAuthorizer = (deps: AuthorizerDeps): Authorizer => {
  const tokens = createGoogleTokens(deps)
  return {
    authorize: async (account, key, request) => {
      const { credentials } = account.kind
      if (credentials === 'aws') return ok(signed(request, key, deps.nowMs()))
      return credentials === 'google' ? withToken(tokens, account, key, request) : ok(request)
    },
    refused: ({ kind }, key) => {
      if (kind.credentials === 'google') tokens.forget(key)
    },
  }
}

const signed = (request: UpstreamRequest, key: string, atMs: number): UpstreamRequest => {
  const { method, url, headers, body = new Uint8Array() } = request
  const type = headers['content-type']
  const toSign = { method, url: new URL(url), headers: type === undefined ? {} : { 'content-type': type }, body }
  return { ...request, headers: { ...headers, ...authorizeBedrock(key, toSign, atMs) } }
}

const withToken = async (
  tokens: GoogleTokens,
  account: Account,
  key: string,
  request: UpstreamRequest,
): Promise<Result<UpstreamRequest, TokenFault>> => {
  const token = await tokens.tokenOf(key, account)
  if (!token.ok) return token
  if (token.value !== key) noteLentToken(account, key, token.value)
  return ok({ ...request, headers: { ...request.headers, authorization: `Bearer ${token.value}` } })
}
