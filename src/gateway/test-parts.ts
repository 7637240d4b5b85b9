import type { Envelope } from '../canon/envelope.ts'
import type { Model } from '../canon/model.ts'
import type { Observation } from '../canon/protocol.ts'
import { scanObject } from '../canon/scan-object.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import type { Principal } from '../keys/types.ts'
import { openAiChatCodec } from '../protocols/openai-chat/codec.ts'
import { openAiChat } from '../protocols/openai-chat/index.ts'
import { PROTOCOLS } from '../protocols/index.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { ok, type Result } from '../result.ts'
import { plainKeys } from '../routing/provider-keys.ts'
import type { Candidate } from '../routing/types.ts'
import { nanoUsdPerMtok, ONE, tokens } from '../units.ts'
import type { UpstreamAnswer } from '../upstream/types.ts'
import type { Call } from './call.ts'
import type { Prepared } from './lane.ts'
import type { Opening, Terms } from './tab.ts'

const MODEL: Model = {
  id: 'm1',
  vendor: 'acme',
  type: 'chat',
  displayName: 'M1',
  contextWindow: 100_000,
  maxOutputTokens: 1_000,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions: [],
}

/** A way to the model `m1` by a provider of this kind, called `main`. */
export const candidateOf = (kind = 'openai-compatible'): Candidate => {
  const row = PROVIDER_KINDS[kind]
  if (!row) throw new Error(`there is no kind ${kind}`)
  return {
    channel: {
      id: 'channel-1',
      provider: {
        id: 'main',
        kind: row,
        baseUrl: 'http://127.0.0.1:1/v1',
        keys: plainKeys('vendor-key'),
        proxy: null,
        costMultiplier: ONE,
        timeouts: { connectMs: 1_000, firstByteMs: 1_000, idleMs: 1_000, totalMs: 1_000 },
        formats: row.formats,
      },
      groups: new Set(['default']),
      models: null,
      modelMap: {},
      priority: 0,
      weight: 1,
    },
    model: MODEL,
    requestedAs: 'm1',
    upstreamModel: 'm1',
    upstreamFormat: row.formats[0] ?? 'openai-chat',
    why: 'only channel',
  }
}

export const OPENING: Opening = {
  requestId: 'req_1',
  atMs: 1_000,
  userId: 'user_1',
  keyId: 'key_1',
  projectId: null,
  group: 'default',
  clientFormat: 'openai-chat',
  action: 'generate',
  modelRequested: 'm1',
  stream: false,
  quote: 1_000_000n as Opening['quote'],
}

/** Nothing is counted against limits of tokens. */
export const NO_TOKENS = { inputTokens: 0, outputTokens: 0 }

const PRICE = nanoUsdPerMtok(1_000_000n)
export const TERMS: Terms = {
  prices: {
    input: PRICE,
    output: PRICE,
    cacheRead: PRICE,
    cacheWrite5m: PRICE,
    cacheWrite1h: PRICE,
    inputAudio: undefined,
    outputAudio: undefined,
  },
  multipliers: { user: ONE, model: ONE, group: ONE, planDiscount: 0n as Terms['multipliers']['planDiscount'] },
}

export const PRINCIPAL: Principal = {
  keyId: 'key_1',
  userId: 'user_1',
  projectId: null,
  group: 'default',
  models: null,
  ipAllow: null,
  scopes: new Set(),
  labels: [],
  rpm: null,
  tpm: null,
  itpm: null,
  otpm: null,
  concurrency: null,
  budgets: [],
  expiresAtMs: null,
  userMultiplier: ONE,
  plan: null,
}

export const usageOf = (input: number, output: number): Usage => ({
  ...NO_USAGE,
  input: tokens(input),
  output: tokens(output),
})

export const observed = (more: Partial<Observation>): Observation => ({
  usage: undefined,
  rawUsage: undefined,
  terminal: false,
  contentSeen: false,
  error: undefined,
  ...more,
})

const BODY = '{"model":"m1","messages":[]}'

export const envelopeOf = (body = BODY): Envelope => {
  const scan = scanObject(new TextEncoder().encode(body), { depthMax: 100 })
  const envelope = scan.ok ? openAiChat.readEnvelope(scan.value, OPERATION) : scan
  if (!envelope.ok) throw new Error(envelope.error.message)
  return envelope.value
}

const OPERATION: Call['operation'] = { format: 'openai-chat', action: 'generate' }

export const callOf = (): Call => ({
  id: 'req_1',
  operation: OPERATION,
  protocol: openAiChat,
  request: new Request('http://127.0.0.1/v1/chat/completions', { method: 'POST', body: BODY }),
  search: new URLSearchParams(),
  ip: () => '127.0.0.1',
  startedAtMs: 1_000,
})

/** An upstream's answer of one piece; `cancelled` says whether it was given up. */
export const answerOf = (
  status: number,
  body: string,
  headers: Record<string, string> = {},
): UpstreamAnswer & { readonly cancelled: () => boolean; readonly wasRead: () => boolean } => {
  let cancelled = false
  let wasRead = false
  const bytes = new TextEncoder().encode(body)
  const read = (): Promise<Result<Uint8Array | undefined, never>> => {
    const next = wasRead ? undefined : bytes
    wasRead = true
    return Promise.resolve(ok(next))
  }
  return {
    status,
    headers: new Headers({ 'content-type': 'application/json', ...headers }),
    read,
    whole: () => {
      wasRead = true
      return Promise.resolve(ok(bytes))
    },
    cancel: () => {
      cancelled = true
    },
    cancelled: () => cancelled,
    wasRead: () => wasRead,
  }
}

/** How a request in the upstream's own format is sent. */
export const PREPARED: Prepared = {
  protocol: PROTOCOLS['openai-chat'],
  action: 'generate',
  body: new Uint8Array(),
  sends: true,
  estimate: () => Promise.reject(new Error('nothing is counted here')),
  translation: undefined,
  readError: openAiChatCodec.parseError,
  warnings: [],
}
