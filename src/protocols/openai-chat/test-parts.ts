import type { AnswerEvent } from '../../canon/answer.ts'
import type { Block, Opaque } from '../../canon/blocks.ts'
import type { Carriers, JsonObject, RenderedRequest, Reversal, Target } from '../../canon/codec.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import { readJson } from '../../canon/json-text.ts'
import type { Loss } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { parseRequest } from './parse-request.ts'
import { parseStream } from './parse-stream.ts'
import { renderRequest } from './render-request.ts'

/** A server that takes what OpenAI's Chat takes. */
export const PROFILE: Profile = {
  family: 'vendor',
  temperature: 'any',
  topP: 'any',
  topK: false,
  penalties: true,
  seed: true,
  logprobs: true,
  stopMax: 4,
  choicesMax: 8,
  reasoning: {
    style: 'effort',
    efforts: ['none', 'low', 'medium', 'high'],
    canBeOff: true,
    replay: 'none',
    limitsToolChoice: false,
    demandsCallSignature: false,
  },
  outputLimitField: 'max_completion_tokens',
  outputTokensDefault: 4_096,
  outputTokensMax: 8_192,
  systemRole: 'system',
  laterSystem: true,
  prefill: true,
  media: {
    images: true,
    imageUrls: true,
    documents: true,
    documentUrls: false,
    audio: true,
    video: false,
    inToolResults: false,
  },
  tools: {
    functions: true,
    custom: true,
    strict: true,
    parallelFlag: true,
    choice: 'all',
    schemaDialect: 'json-schema',
    nameLengthMax: 64,
    nameAllowsDots: false,
    callIdLengthMax: 40,
    callIds: true,
  },
  structured: 'json-schema',
  cacheMarks: 'none',
  cacheTtlHour: false,
  promptCacheKey: true,
  verbosity: true,
  user: true,
  metadata: true,
  serviceTier: true,
  store: true,
  webSearch: false,
}

export interface ProfilePatch extends Omit<Partial<Profile>, 'reasoning' | 'tools' | 'media'> {
  readonly reasoning?: Partial<Profile['reasoning']>
  readonly tools?: Partial<Profile['tools']>
  readonly media?: Partial<Profile['media']>
}

export const targetWith = (patch: ProfilePatch = {}, stream = false): Target => ({
  model: 'upstream-model',
  stream,
  profile: {
    ...PROFILE,
    ...patch,
    reasoning: { ...PROFILE.reasoning, ...patch.reasoning },
    tools: { ...PROFILE.tools, ...patch.tools },
    media: { ...PROFILE.media, ...patch.media },
  },
})

/** Envelopes that a test can read; one that ends in `!` was altered. */
export const CARRIERS: Carriers = {
  seal: (opaque) => `sealed:${JSON.stringify(opaque)}`,
  open(text) {
    if (!text.startsWith('sealed:')) return undefined
    return text.endsWith('!') ? 'damaged' : (JSON.parse(text.slice('sealed:'.length)) as Opaque)
  },
}

/** Reads a body that is right; its numbers keep their spelling when it is text. */
export const parsed = (body: JsonObject | string): { conversation: Conversation; losses: readonly Loss[] } => {
  const value = typeof body === 'string' ? (readJson(body) as JsonObject) : body
  const result = parseRequest(value, { format: 'openai-chat', action: 'generate' }, CARRIERS)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** A conversation of another format. */
export const conversationOf = (
  turns: readonly (Pick<Turn, 'role'> & { readonly blocks: readonly Block[] })[],
  more: Partial<Conversation> = {},
): Conversation => ({
  format: 'anthropic-messages',
  model: 'client-model',
  stream: false,
  turns: turns.map((turn, index) => ({ pointer: `/messages/${index}`, ...turn })),
  tools: [],
  settings: {},
  unmapped: [],
  wishes: { includesUsage: false, legacyFunctions: false, echo: {} },
  native: { format: 'anthropic-messages', value: {} },
  ...more,
})

export const rendered = (conversation: Conversation, patch: ProfilePatch = {}, stream = false): RenderedRequest => {
  const result = renderRequest(conversation, targetWith(patch, stream))
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

export const lossesOf = ({ losses }: { readonly losses: readonly Loss[] }): readonly string[] =>
  losses.map(({ pointer, code }) => `${pointer};${code}`)

export const reversalWith = (more: Partial<Reversal> = {}): Reversal => ({
  clientFormat: 'openai-chat',
  requestId: 'req1',
  createdAtMs: 1_700_000_000_999,
  model: 'client-model',
  wishes: { includesUsage: false, legacyFunctions: false, echo: {} },
  showsReasoning: true,
  tools: new Map(),
  carriers: CARRIERS,
  ...more,
})

/** The events that chunks make, the end included; with `isMarked`, after `[DONE]`. */
export const eventsOf = (chunks: readonly JsonObject[], isMarked = false): readonly AnswerEvent[] => {
  const parser = parseStream({ family: 'vendor', requestId: 'req1' })
  return [...chunks.flatMap((chunk) => parser.push(chunk, '')), ...parser.end(isMarked)]
}

/** A chunk of the one choice. */
export const chunk = (delta: JsonObject, finish?: string, more: JsonObject = {}): JsonObject => ({
  id: 'c1',
  model: 'served',
  choices: [{ index: 0, delta, finish_reason: finish ?? null }],
  ...more,
})
