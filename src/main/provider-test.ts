import type { Config } from '../config/load.ts'
import type { Administration, KeyTest } from '../http/admin/deps.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { UPSTREAM_PROTOCOLS } from '../protocols/index.ts'
import { err, ok, type Result } from '../result.ts'
import type { Provider, ProviderKey } from '../routing/types.ts'
import { checkRequestOf } from '../upstream/check.ts'
import { type Authorizer, createAuthorizer } from '../upstream/credentials.ts'
import { upstreamHeaders } from '../upstream/headers.ts'
import type { Send, UpstreamAnswer, UpstreamRequest } from '../upstream/types.ts'
import { providerOf, type SendParts, sendsOf } from './routing.ts'

interface ProviderTestParts {
  readonly sendTo: (provider: Provider) => Send
  readonly authorizer: Authorizer
  readonly catalogue: Pick<Catalogue, 'resolve' | 'models'>
  readonly nowMs: () => number
}

/** Tests providers of a configuration, by their ids; `undefined`: it has no such provider. */
export const providerTestOf = ({
  config,
  catalogue,
  ...reach
}: Omit<SendParts, 'retriesUntouched'> & {
  readonly config: Config
  readonly catalogue: ProviderTestParts['catalogue']
}): Administration['testProvider'] => {
  const sendTo = sendsOf({ ...reach, retriesUntouched: 1 })
  const test = createProviderTest({
    sendTo,
    authorizer: createAuthorizer({ sendTo, nowMs: Date.now }),
    catalogue,
    nowMs: Date.now,
  })
  return async (id, model) => {
    const provider = config.providers.get(id)
    return provider && test(providerOf(id, provider), model, firstModelOf(config, id))
  }
}

/** A model that its channels name. */
const firstModelOf = ({ channels }: Config, id: string): string | undefined =>
  channels.flatMap(({ provider, models }) => (provider === id ? (models ?? []) : []))[0]

/** A test is waited for by a person. */
const TEST_MS = 30_000
const ANSWER_BYTES_MAX = 8_388_608

/**
 * Asks a vendor something small with each key: its list of models, which costs nothing; where it has none, or a model is
 * named, that model for one token. What comes back is told in our words, for a vendor's may repeat the key.
 */
const createProviderTest =
  (parts: ProviderTestParts) =>
  (provider: Provider, model: string | undefined, named?: string): Promise<readonly KeyTest[]> => {
    const other = named ?? cheapestOf(parts.catalogue, provider)
    return Promise.all(provider.keys.map((key) => testKey(parts, provider, key, { model, other })))
  }

interface Wanted {
  readonly model: string | undefined
  /** To be asked where there is no list of models. */
  readonly other: string | undefined
}

/** The chat model of the vendors that it serves with the lowest price of input. */
const cheapestOf = (catalogue: ProviderTestParts['catalogue'], { kind }: Provider): string | undefined => {
  const priced = catalogue.models().flatMap(({ id, type, vendor, priceVersions }) => {
    const price = priceVersions.at(-1)?.prices.input
    return type === 'chat' && kind.vendors.includes(vendor) && price !== undefined ? [{ id, price }] : []
  })
  return priced.toSorted((one, other) => (one.price < other.price ? -1 : 1))[0]?.id
}

const testKey = async (
  parts: ProviderTestParts,
  provider: Provider,
  key: ProviderKey,
  wanted: Wanted,
): Promise<KeyTest> => {
  const startedAtMs = parts.nowMs()
  const asked = await askOrFallBack(parts, provider, key, wanted)
  const status = asked.ok ? asked.value : asked.error.status
  return {
    // What needs no key has one that is empty, which is never sent.
    id: key.secret === '' ? '' : key.id,
    ok: asked.ok,
    status,
    latencyMs: parts.nowMs() - startedAtMs,
    error: asked.ok ? null : asked.error.words,
  }
}

interface TestFault {
  readonly status: number | null
  readonly words: string
}

const askOrFallBack = async (
  parts: ProviderTestParts,
  provider: Provider,
  key: ProviderKey,
  { model, other }: Wanted,
): Promise<Result<number, TestFault>> => {
  const asked = await askVendor(parts, provider, key, model)
  const hasNoList = model === undefined && !asked.ok && asked.error.words === NO_LIST
  return hasNoList && other !== undefined ? askVendor(parts, provider, key, other) : asked
}

const askVendor = async (
  parts: ProviderTestParts,
  provider: Provider,
  key: ProviderKey,
  model: string | undefined,
): Promise<Result<number, TestFault>> => {
  const request = model === undefined ? listRequest(provider, key) : modelRequest(parts, provider, key, model)
  if (!request.ok) return err({ status: null, words: request.error })
  const timeouts = {
    ...provider.timeouts,
    firstByteMs: Math.min(provider.timeouts.firstByteMs, TEST_MS),
    totalMs: Math.min(provider.timeouts.totalMs, TEST_MS),
  }
  const authorized = await parts.authorizer.authorize(provider, key.secret, { ...request.value, timeouts })
  if (!authorized.ok) return err({ status: null, words: 'No token could be had with this key: check its key file.' })
  const sent = await parts.sendTo(provider)(authorized.value, new AbortController().signal)
  if (!sent.ok) return err({ status: null, words: UNANSWERED[sent.error.kind] ?? 'The connection failed.' })
  return judge(sent.value, model === undefined)
}

type Unsent = Omit<UpstreamRequest, 'timeouts'>

const NO_HEADERS = new Headers()

const headersFor = ({ kind }: Provider, { secret }: ProviderKey, format: string): Record<string, string> => {
  const auth = kind.authByFormat?.[format as keyof typeof kind.authByFormat] ?? kind.auth
  return upstreamHeaders(NO_HEADERS, auth, kind.credentials === undefined ? secret : '', kind.headers)
}

const NO_LIST = 'This vendor has no list of models to ask for. Name a model to be asked for one token.'

const listRequest = (provider: Provider, key: ProviderKey): Result<Unsent, string> => {
  const request = checkRequestOf(provider, key.secret)
  return request ? ok(request) : err(NO_LIST)
}

const modelRequest = (
  { catalogue }: ProviderTestParts,
  provider: Provider,
  key: ProviderKey,
  name: string,
): Result<Unsent, string> => {
  const { kind, baseUrl, formats, formatsByVendor } = provider
  const resolved = catalogue.resolve(name)
  const vendor = resolved.ok ? resolved.value.model.vendor : ''
  const model = resolved.ok ? resolved.value.model.id : name
  const format = (formatsByVendor?.[vendor] ?? formats).find((each) => BODIES[each] !== undefined)
  const write = format && BODIES[format]
  if (!format || !write) return err('A test cannot be written in the formats of this provider.')
  const own = kind.requestOf?.({ format, action: 'generate', model, stream: false })
  const root = kind.rootByFormat?.[format]
  const under = root === undefined ? baseUrl : new URL(root, baseUrl).href
  const path = own?.path ?? UPSTREAM_PROTOCOLS[format].upstreamPath('generate', model, false)
  const sent = { ...write(model), ...own?.set }
  for (const member of own?.remove ?? []) delete sent[member]
  const query = new URLSearchParams(own?.query).toString()
  return ok({
    method: 'POST',
    url: `${under.replace(/\/+$/, '')}${path}${query === '' ? '' : `?${query}`}`,
    headers: headersFor(provider, key, format),
    body: new TextEncoder().encode(JSON.stringify(sent)),
  })
}

type Body = Record<string, unknown>

const HELLO = [{ role: 'user', content: 'Hello' }]

/** The smallest request of each format. */
const BODIES: Readonly<Record<string, (model: string) => Body>> = {
  'openai-chat': (model) => ({ model, max_tokens: 1, messages: HELLO }),
  'openai-responses': (model) => ({ model, max_output_tokens: 16, store: false, input: 'Hello' }),
  'anthropic-messages': (model) => ({ model, max_tokens: 1, messages: HELLO }),
  gemini: () => ({
    contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
    generationConfig: { maxOutputTokens: 1 },
  }),
  'bedrock-converse': () => ({
    messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
    inferenceConfig: { maxTokens: 1 },
  }),
}

const judge = async (answer: UpstreamAnswer, isList: boolean): Promise<Result<number, TestFault>> => {
  const { status } = answer
  const read = await answer.whole(ANSWER_BYTES_MAX)
  if (status >= 200 && status < 300) {
    return read.ok || read.error.kind === 'too-large' ? ok(status) : err({ status, words: 'The answer broke off.' })
  }
  return err({ status, words: wordsOf(status, isList) })
}

const wordsOf = (status: number, isList: boolean): string => {
  if (status === 401) return 'The vendor refuses this key: it is wrong, or was revoked.'
  if (status === 402) return "The vendor's account has no money left."
  if (status === 403) return 'The vendor knows this key, which has no right to this.'
  if (status === 404 || status === 405)
    return isList ? NO_LIST : 'There is no such model here for this key, or base_url is wrong.'
  if (status === 429) return 'The vendor limits this key now, or its quota is used up.'
  if (status >= 300 && status < 400) return 'The vendor redirects elsewhere, which is not followed: check base_url.'
  if (status >= 500) return 'The vendor fails now.'
  return isList ? NO_LIST : 'The vendor refuses this request.'
}

/** By what kept an answer from coming. */
const UNANSWERED: Readonly<Record<string, string>> = {
  connect: 'No connection: check base_url, and whether this machine may reach it.',
  reset: 'The connection broke off.',
  unreadable: 'What answers there does not speak HTTP as it should: check base_url.',
}
