import { faultsOfCount } from '../translation/validate/counting.ts'
import { faultsOfPlain } from '../translation/validate/plain.ts'
import type { Sent } from '../translation/validate/sent.ts'
import { isObject, type Json, textOf } from '../translation/validate/shapes.ts'
import { faultsOf, type Format } from '../translation/validate/validate.ts'
import type { Answer } from './answer.ts'
import { headerOf, type WireRequest } from './http.ts'
import type { Api } from './interaction.ts'
import { readAsked } from './match.ts'

/** Who is asked, where a path does not say it. */
export type From = Pick<Sent, 'vendor' | 'model'>

/** What is judged of a request: its line, its headers and its body as it came. */
export type Judged = Pick<WireRequest, 'target' | 'headers' | 'body'>

/** What the vendor whose endpoint this is would refuse a request for; `undefined`: no endpoint that is known here. */
export interface Judgement {
  readonly api: Api
  readonly faults: readonly string[]
}

/** Claude at the clouds: Messages with the version of the API in the body, and the model in the path. */
const CLOUDS: readonly (readonly [path: RegExp, vendor: string, version: string, leftOut: readonly string[]])[] = [
  [/\/model\/[^/]+\/invoke(?:-with-response-stream)?$/, 'bedrock', 'bedrock-2023-05-31', ['model', 'stream']],
  [/\/publishers\/anthropic\/models\/[^/]+:(?:streamR|r)awPredict$/, 'vertex', 'vertex-2023-10-16', ['model']],
]
/** Counting has a model's place of its own, and the model in the body. */
const CLOUD_COUNTS = /\/count-tokens:rawPredict$/

const CONVERSATIONS: Readonly<Partial<Record<Api, Format>>> = {
  'openai.chat': 'openai-chat',
  'openai.responses': 'openai-responses',
  'anthropic.messages': 'anthropic-messages',
  'gemini.generateContent': 'gemini',
}
const COUNTS: Readonly<Partial<Record<Api, Format>>> = {
  'openai.responses.input_tokens': 'openai-responses',
  'anthropic.count_tokens': 'anthropic-messages',
  'gemini.countTokens': 'gemini',
}

/** Whose hosts' paths these are, though the format is another's. */
const vendorAt = (path: string): string | undefined =>
  path.startsWith('/openai/deployments/') ? 'azure' : /\/publishers\/google\//.test(path) ? 'vertex' : undefined

/** Judges a request as its vendor would, by its path. */
export const judge = (request: Judged, from: From = {}): Judgement | undefined => {
  const [path = '', query = ''] = request.target.split('?')
  const body = parsed(request.body)
  const cloud = CLOUDS.find(([pattern]) => pattern.test(path))
  if (cloud && CLOUD_COUNTS.test(path))
    return { api: 'anthropic.count_tokens', faults: faultsOfCloudCount(cloud, body) }
  if (cloud) return { api: 'anthropic.messages', faults: faultsAtCloud(cloud, body) }
  const asked = readAsked(path, body)
  if (!asked) return undefined
  const { api } = asked
  if (!isObject(body)) return { api, faults: ['the body is no object'] }
  const vendor = from.vendor ?? vendorAt(path)
  const sent: Sent = { isPassedThrough: true, vendor, model: from.model ?? asked.model }
  const beta = api.startsWith('anthropic.') ? betaFaults(request, query, body) : []
  return { api, faults: [...beta, ...faultsAt(api, body, sent)] }
}

const faultsAt = (api: Api, body: Json, sent: Sent): string[] => {
  const conversation = CONVERSATIONS[api]
  if (conversation) return faultsOf(conversation, body, sent)
  const count = COUNTS[api]
  if (count) return faultsOfCount(count, body, sent)
  return api === 'openai.completions' || api === 'openai.embeddings' || api === 'gemini.embedContent'
    ? faultsOfPlain(api, body, sent.vendor)
    : []
}

const faultsAtCloud = ([, vendor, version, leftOut]: (typeof CLOUDS)[number], body: unknown): string[] => {
  if (!isObject(body)) return ['the body is no object']
  const { anthropic_version: said, anthropic_beta: _betas, ...rest } = body
  const faults = said === version ? [] : [`/anthropic_version is ${JSON.stringify(said)}, not ${version}`]
  for (const name of leftOut) if (name in rest) faults.push(`/${name}: Extra inputs are not permitted`)
  const sent: Sent = { isPassedThrough: true, vendor }
  return [...faults, ...faultsOf('anthropic-messages', { ...rest, model: 'in the path' }, sent)]
}

const faultsOfCloudCount = ([, vendor]: (typeof CLOUDS)[number], body: unknown): string[] => {
  if (!isObject(body)) return ['the body is no object']
  const { anthropic_version: _version, ...rest } = body
  return faultsOfCount('anthropic-messages', rest, { isPassedThrough: true, vendor })
}

/** What only the beta API knows; its SDKs say so in the query too, which recordings keep where they lost the header. */
const BETA_ONLY =
  'billing_policy compaction context_management fallback_credit_token fallbacks mcp_servers output_format thread'

const betaFaults = (request: Judged, query: string, body: Json): string[] => {
  if (headerOf(request, 'anthropic-beta') !== undefined || new URLSearchParams(query).has('beta')) return []
  const strange = BETA_ONLY.split(' ').filter((name) => name in body)
  return strange.map((name) => `/${name}: Extra inputs are not permitted without a beta`)
}

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/** A refusal in the words of the API's vendor. */
export const refusalOf = ({ api, faults }: Judgement): Answer => {
  const message = faults.join('; ')
  const bodies: Readonly<Record<string, unknown>> = {
    anthropic: { type: 'error', error: { type: 'invalid_request_error', message }, request_id: 'req_refused' },
    gemini: { error: { code: 400, message, status: 'INVALID_ARGUMENT' } },
    openai: { error: { message, type: 'invalid_request_error', param: null, code: null } },
  }
  const body = JSON.stringify(bodies[api.split('.')[0] ?? ''])
  return {
    status: 400,
    headers: [['content-type', 'application/json']],
    body: new TextEncoder().encode(body),
    chunked: false,
  }
}

/** A body written down with what it was refused for, for a test to show. */
export interface Refused {
  readonly target: string
  readonly model: string
  readonly faults: readonly string[]
}

/** Fails, with all of them, where a vendor was sent what it would refuse. For the end of a suite. */
export const expectNoneRefused = (refused: readonly Refused[]): void => {
  if (refused.length === 0) return
  const lines = refused
    .slice(0, SHOWN_MAX)
    .map(({ target, model, faults }) => `${target} ${model}: ${faults.join('; ')}`)
  throw new Error(`a real vendor would have refused ${refused.length} requests:\n${lines.join('\n')}`)
}
const SHOWN_MAX = 40

/** The name of the model in a body, for a list of refusals. */
export const modelIn = (body: Uint8Array): string => textOf((parsed(body) as Json | undefined)?.['model'])
