import { headerOf, type WireRequest } from './http.ts'
import type { Api } from './interaction.ts'

/** The shape of Tollgate's own keys: none may ever be seen by a provider, wherever it was put. */
const OWN_KEY = /sk-tg-[A-Za-z0-9_-]{4}/

/** The credential in the header the vendor of this API reads, without its prefix. */
const credentialOf = (api: Api, request: WireRequest): string | undefined => {
  if (api.startsWith('anthropic.')) return headerOf(request, 'x-api-key')
  if (api.startsWith('gemini.')) return headerOf(request, 'x-goog-api-key')
  return /^Bearer (.+)$/.exec(headerOf(request, 'authorization') ?? '')?.[1]
}

const CREDENTIAL_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'proxy-authorization', 'cookie']

/**
 * What a provider would have to complain about, in words; `undefined` when the request is in order. A client's
 * credential must be gone from everywhere, and the provider's must be there once, in its own header.
 */
export const complaintAbout = (
  api: Api,
  request: WireRequest,
  bodyText: string,
  keys: readonly string[],
): string | undefined => {
  const leak = [request.target, ...request.headers.map(([name, value]) => `${name}: ${value}`)].find((text) =>
    OWN_KEY.test(text),
  )
  if (leak !== undefined) return `a Tollgate key travelled upstream in "${leak.slice(0, 60)}"`
  if (OWN_KEY.test(bodyText)) return 'a Tollgate key travelled upstream in the body'
  const credential = credentialOf(api, request)
  if (credential === undefined) return `no credential in the header that ${api} reads`
  if (!keys.includes(credential))
    return `the credential "${credential.slice(0, 24)}…" is not one of this provider's keys`
  const carriers = request.headers.filter(([name]) => CREDENTIAL_HEADERS.includes(name.toLowerCase()))
  if (carriers.length > 1) return `several credential headers: ${carriers.map(([name]) => name).join(', ')}`
  if (/[?&]key=/.test(request.target)) return 'a key in the query'
  return undefined
}
