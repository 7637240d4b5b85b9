import { readGoogleKey, readToken, type ServiceAccount, tokenRequest } from '../providers/google/service-account.ts'
import { err, ok, type Result } from '../result.ts'
import type { Account, AuthorizerDeps } from './credentials.ts'

/** Why there is no token. */
export interface TokenFault {
  readonly kind: 'no-token'
  /** Whoever gives them out does not know the key; else it could not be asked. */
  readonly isRefused: boolean
  /** For the log only. */
  readonly detail: string
}

type Fetched = Result<{ readonly token: string; readonly untilMs: number }, TokenFault>

export interface GoogleTokens {
  /** The token for a key: the key itself, or what its service account was given. */
  tokenOf(key: string, account: Account): Promise<Result<string, TokenFault>>
  forget(key: string): void
}

/** Before its end a token is not used any more: a request that waits must still be let in. */
const MARGIN_MS = 60_000
const ANSWER_BYTES_MAX = 64 * 1024

/**
 * Tokens of service accounts, fetched when they are needed and kept until shortly before they end. However many requests
 * wait, a key's token is asked for once. It keeps as many as there are keys in the configuration.
 */
export const createGoogleTokens = (deps: AuthorizerDeps): GoogleTokens => {
  const fetched = new Map<string, Promise<Fetched>>()

  const fetchOnce = (key: string, service: ServiceAccount, account: Account): Promise<Fetched> => {
    const fetching = fetchToken(deps, service, account).then((token) => {
      if (!token.ok && fetched.get(key) === fetching) fetched.delete(key)
      return token
    })
    fetched.set(key, fetching)
    return fetching
  }

  return {
    tokenOf: async (key, account) => {
      const read = readGoogleKey(key)
      if (!read.ok) return err(noToken(true, read.error))
      if (read.value.kind === 'token') return ok(read.value.token)
      const before = fetched.get(key)
      const known = await before
      const isOver = known?.ok === true && known.value.untilMs <= deps.nowMs()
      // Somebody who waited as well may have asked anew meanwhile.
      const renewed = fetched.get(key) === before ? undefined : fetched.get(key)
      const token = known && !isOver ? known : await (renewed ?? fetchOnce(key, read.value.account, account))
      return token.ok ? ok(token.value.token) : token
    },
    forget: (key) => void fetched.delete(key),
  }
}

const noToken = (isRefused: boolean, detail: string): TokenFault => ({
  kind: 'no-token',
  isRefused,
  detail: `no access token: ${detail}`,
})

/** Nobody's hang-up ends it: others may be waiting for the same token. */
const NEVER = new AbortController().signal

const fetchToken = async (
  { sendTo, nowMs }: AuthorizerDeps,
  service: ServiceAccount,
  { kind, timeouts, proxy }: Account,
): Promise<Fetched> => {
  const startedAtMs = nowMs()
  const form = tokenRequest(service, startedAtMs)
  if (!form.ok) return err(noToken(true, form.error))
  const request = {
    method: 'POST',
    url: service.tokenUri,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new TextEncoder().encode(form.value),
    timeouts,
  } as const
  const answer = await sendTo({ kind, baseUrl: service.tokenUri, proxy })(request, NEVER)
  if (!answer.ok) return err(noToken(false, answer.error.detail))
  const body = await answer.value.whole(ANSWER_BYTES_MAX)
  if (!body.ok) return err(noToken(false, body.error.detail))
  const { status } = answer.value
  const token = status === 200 ? readToken(new TextDecoder().decode(body.value)) : undefined
  if (token) return ok({ token: token.token, untilMs: startedAtMs + token.validMs - MARGIN_MS })
  const refused = status >= 400 && status < 500 && status !== 429
  return err(noToken(refused, `status ${status}`))
}
