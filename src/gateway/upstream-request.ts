import type { Envelope } from '../canon/envelope.ts'
import type { Candidate, Provider } from '../routing/types.ts'
import { ok, type Result } from '../result.ts'
import { asServerSentEvents, isEventStream } from '../upstream/event-answer.ts'
import { upstreamHeaders } from '../upstream/headers.ts'
import type { UpstreamAnswer, UpstreamFault, UpstreamRequest } from '../upstream/types.ts'
import type { Call } from './call.ts'
import type { Prepared } from './lane.ts'

/** The request to a candidate, but for credentials that are more than a key in a header. */
export const buildRequest = (
  call: Call,
  candidate: Candidate,
  envelope: Envelope,
  prepared: Prepared,
  key: string,
): UpstreamRequest => {
  const { upstreamFormat: format, upstreamModel } = candidate
  const { provider } = candidate.channel
  const { kind } = provider
  const { protocol, action, body, vendor } = prepared
  const foreign = format !== call.operation.format
  const path = vendor?.path ?? protocol.upstreamPath(action, upstreamModel, envelope.stream)
  const search = foreign ? (envelope.stream ? ALT_SSE : NO_QUERY) : call.search
  const plainKey = kind.credentials ? '' : key
  return {
    method: 'POST',
    url: rootOf(provider, format) + path + (vendor?.withoutQuery ? '' : queryOf(format, search, vendor?.query)),
    headers: upstreamHeaders(
      // Headers of one vendor's client mean nothing to another vendor, and some are refused.
      foreign ? NO_HEADERS : clientHeaders(call, candidate, prepared),
      kind.authByFormat?.[format] ?? kind.auth,
      plainKey,
      kind.headers,
    ),
    body,
    timeouts: provider.timeouts,
  }
}

const NO_HEADERS = new Headers()
const NO_QUERY = new URLSearchParams()
/** Without it Gemini streams a JSON array. The other formats have no such parameter. */
const ALT_SSE = new URLSearchParams({ alt: 'sse' })

const clientHeaders = ({ request }: Call, { channel }: Candidate, { betas }: Prepared): Headers => {
  const { withoutHeaders = [] } = channel.provider.kind
  if (betas === undefined && withoutHeaders.length === 0) return request.headers
  const headers = new Headers(request.headers)
  for (const name of withoutHeaders) headers.delete(name)
  if (betas === '') headers.delete('anthropic-beta')
  else if (betas !== undefined) headers.set('anthropic-beta', betas)
  return headers
}

/** Some vendors keep a second format under another path of the same origin. */
const rootOf = (provider: Provider, format: Candidate['upstreamFormat']): string => {
  const root = provider.kind.rootByFormat?.[format]
  return root === undefined ? provider.baseUrl : new URL(provider.baseUrl).origin + root
}

/**
 * The parameters of the client's query that pass on, by format. Nothing else does: Google's `fields` would leave the
 * usage out of the answer, and `access_token` would ask on somebody else's account.
 */
const AZURE = { 'api-version': /^[\w.-]{1,40}$/ }
const PASSED_QUERY: Readonly<Record<Candidate['upstreamFormat'], Readonly<Record<string, RegExp>>>> = {
  // `$alt` is what Google's older clients send, for enums as numbers.
  gemini: { alt: /^(?:sse|json)$/, $alt: /^json(?:;enum-encoding=int)?$/ },
  'anthropic-messages': { beta: /^(?:true|false)$/ },
  'openai-chat': AZURE,
  'openai-responses': AZURE,
  'openai-completions': AZURE,
  'openai-embeddings': AZURE,
  'openai-images': AZURE,
  'openai-audio': AZURE,
  'openai-moderations': {},
  rerank: {},
  'bedrock-converse': {},
}

const queryOf = (
  format: Candidate['upstreamFormat'],
  search: URLSearchParams,
  ownQuery: Readonly<Record<string, string>> | undefined,
): string => {
  if (search.size === 0 && !ownQuery) return ''
  const kept = new URLSearchParams(ownQuery)
  for (const [name, values] of Object.entries(PASSED_QUERY[format])) {
    const value = search.get(name)
    if (value !== null && values.test(value)) kept.set(name, value)
  }
  return kept.size === 0 ? '' : `?${kept}`
}

/** An answer as its format has it, where the vendor frames its streams or words its errors otherwise. */
export const inItsFormat = (answer: UpstreamAnswer, candidate: Candidate, eventBytesMax: number): UpstreamAnswer => {
  const { eventOf, errorOf } = candidate.channel.provider.kind
  if (answer.status >= 400)
    return errorOf ? withErrorOf(answer, (body) => errorOf(candidate.upstreamFormat, answer.status, body)) : answer
  if (!eventOf || !isEventStream(answer.headers)) return answer
  return asServerSentEvents(answer, (message) => eventOf(message, candidate.upstreamFormat), eventBytesMax)
}

const withErrorOf = (answer: UpstreamAnswer, rewritten: (body: unknown) => unknown): UpstreamAnswer => ({
  status: answer.status,
  headers: answer.headers,
  read: () => answer.read(),
  cancel: () => answer.cancel(),
  whole: async (bytesMax): Promise<Result<Uint8Array, UpstreamFault>> => {
    const body = await answer.whole(bytesMax)
    return body.ok ? ok(rewrittenBytes(body.value, rewritten)) : body
  },
})

/** What is not JSON stays as it is: nobody passes it on. */
const rewrittenBytes = (body: Uint8Array, rewritten: (body: unknown) => unknown): Uint8Array => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    return new TextEncoder().encode(JSON.stringify(rewritten(value)))
  } catch {
    return body
  }
}
