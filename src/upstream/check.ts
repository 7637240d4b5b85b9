import type { UpstreamFormat } from '../canon/operation.ts'
import type { ProviderKind } from '../providers/types.ts'
import type { Authorizer } from './credentials.ts'
import { upstreamHeaders } from './headers.ts'
import type { Send, Timeouts, UpstreamFault, UpstreamRequest } from './types.ts'

/** What has to be known of a provider to ask it whether a key is good. */
export interface Checkable {
  readonly kind: ProviderKind
  readonly baseUrl: string
  readonly formats: readonly UpstreamFormat[]
  readonly timeouts: Timeouts
  readonly proxy: string | null
}

/** Where each format has its list of models, under the base URL that the vendor's SDK takes. */
const LISTS: Partial<Record<UpstreamFormat, string>> = {
  'openai-chat': '/models',
  'openai-responses': '/models',
  'anthropic-messages': '/v1/models',
  gemini: '/v1beta/models',
}

const NO_HEADERS = new Headers()

/** Asks with a key for something that costs nothing: its vendor's list of models. `undefined`: this vendor has nothing of the kind. */
export const checkRequestOf = (
  { kind, baseUrl, formats }: Pick<Checkable, 'kind' | 'baseUrl' | 'formats'>,
  secret: string,
): Omit<UpstreamRequest, 'timeouts'> | undefined => {
  // Those with credentials of their own have their lists elsewhere, under other rights.
  if (kind.checkPath === null || kind.credentials !== undefined) return undefined
  const format = formats.find((each) => LISTS[each] !== undefined && kind.rootByFormat?.[each] === undefined)
  const path = kind.checkPath ?? (format && LISTS[format])
  if (path === undefined) return undefined
  const auth = (format && kind.authByFormat?.[format]) ?? kind.auth
  const { 'content-type': _, ...headers } = upstreamHeaders(NO_HEADERS, auth, secret, kind.headers)
  return { method: 'GET', url: `${baseUrl}${path}`, headers, body: undefined }
}

/** What came of it. `status`: as the vendor answered; else why it did not, or that there was nothing to ask. */
export type Checked =
  | { readonly status: number }
  | { readonly fault: UpstreamFault['kind'] | 'no-token' | 'nothing-to-ask' }

export interface CheckDeps<Account extends Checkable> {
  readonly sendTo: (provider: Account) => Send
  readonly authorizer: Pick<Authorizer, 'authorize'>
}

/** Nobody waits for it, and the next check is on its way. */
const CHECK_MS = 10_000

/** Asks whether a key is good. Reads nothing of the answer but its status: a list may be long, and repeat the key. */
export const createCheck =
  <Account extends Checkable>({ sendTo, authorizer }: CheckDeps<Account>) =>
  async (provider: Account, secret: string, stopped: AbortSignal): Promise<Checked> => {
    const request = checkRequestOf(provider, secret)
    if (!request) return { fault: 'nothing-to-ask' }
    const { timeouts } = provider
    const authorized = await authorizer.authorize(provider, secret, {
      ...request,
      timeouts: {
        ...timeouts,
        firstByteMs: Math.min(timeouts.firstByteMs, CHECK_MS),
        totalMs: Math.min(timeouts.totalMs, CHECK_MS),
      },
    })
    if (!authorized.ok) return { fault: 'no-token' }
    const sent = await sendTo(provider)(authorized.value, stopped)
    if (!sent.ok) return { fault: sent.error.kind }
    sent.value.cancel()
    return { status: sent.value.status }
  }
