import type { AnswerEvent } from '../../canon/answer.ts'
import type { Opaque } from '../../canon/blocks.ts'
import type { Carriers, JsonObject, Reversal, Target } from '../../canon/codec.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import { readJson } from '../../canon/json-text.ts'
import type { Profile } from '../../canon/profile.ts'
import { type Usage, NO_USAGE } from '../../canon/usage.ts'
import { tokens } from '../../units.ts'

/** A model that takes most of what there is. */
export const PROFILE: Profile = {
  family: 'anthropic',
  temperature: 'unit',
  topP: 'exclusive',
  topK: true,
  penalties: false,
  seed: false,
  logprobs: false,
  stopMax: 100,
  choicesMax: 1,
  reasoning: {
    style: 'adaptive',
    efforts: ['low', 'medium', 'high', 'max'],
    canBeOff: true,
    replay: 'none',
    limitsToolChoice: true,
    demandsCallSignature: false,
    offByDefault: true,
  },
  outputLimitField: 'max_tokens',
  outputTokensDefault: 64_000,
  outputTokensMax: 64_000,
  systemRole: 'system',
  laterSystem: false,
  prefill: true,
  media: {
    images: true,
    imageUrls: true,
    documents: true,
    documentUrls: true,
    audio: false,
    video: false,
    inToolResults: true,
  },
  tools: {
    functions: true,
    custom: false,
    strict: true,
    parallelFlag: true,
    choice: 'all',
    schemaDialect: 'json-schema',
    nameLengthMax: 128,
    nameAllowsDots: false,
    callIdLengthMax: 64,
    callIds: true,
  },
  structured: 'json-schema',
  cacheMarks: 'cache_control',
  cacheTtlHour: true,
  promptCacheKey: false,
  verbosity: false,
  user: true,
  metadata: false,
  serviceTier: true,
  store: false,
  webSearch: true,
}

export interface ProfilePatch extends Omit<Partial<Profile>, 'reasoning' | 'tools' | 'media'> {
  readonly reasoning?: Partial<Profile['reasoning']>
  readonly tools?: Partial<Profile['tools']>
  readonly media?: Partial<Profile['media']>
}

export const profileWith = (patch: ProfilePatch): Profile => ({
  ...PROFILE,
  ...patch,
  reasoning: { ...PROFILE.reasoning, ...patch.reasoning },
  tools: { ...PROFILE.tools, ...patch.tools },
  media: { ...PROFILE.media, ...patch.media },
})

export const targetWith = (patch: ProfilePatch = {}): Target => ({
  model: 'upstream-model',
  profile: profileWith(patch),
  stream: false,
})

/** Envelopes that a test can read. */
export const CARRIERS: Carriers = {
  seal: ({ family, kind, data }) => `sealed:${family}:${kind}:${data}`,
  open(text) {
    if (!text.startsWith('sealed:')) return undefined
    const [, family = '', kind, ...data] = text.split(':')
    return kind ? { family, kind: kind as Opaque['kind'], data: data.join(':') } : 'damaged'
  },
}

export const userTurn = (text: string, pointer = '/messages/0'): Turn => ({
  role: 'user',
  blocks: [{ kind: 'text', text, pointer: `${pointer}/content` }],
  pointer,
})

/** A request of a Chat client. */
export const chat = (more: Partial<Conversation> = {}): Conversation => ({
  format: 'openai-chat',
  model: 'client-model',
  stream: false,
  turns: [userTurn('hi')],
  tools: [],
  settings: {},
  unmapped: [],
  wishes: { includesUsage: false, legacyFunctions: false, echo: {} },
  native: { format: 'openai-chat', value: {} },
  ...more,
})

export const REVERSAL: Reversal = {
  clientFormat: 'anthropic-messages',
  requestId: 'req_7',
  createdAtMs: 0,
  model: 'client-model',
  wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
  showsReasoning: true,
  tools: new Map(),
  carriers: CARRIERS,
}

export const usageOf = (parts: Partial<Record<keyof Usage, number>>): Usage => ({
  ...NO_USAGE,
  ...Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, tokens(value)])),
})

/** The `data` of each event of a stream; checks that its `event:` line says the same type. */
export const eventsOf = (text: string): readonly JsonObject[] =>
  text
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const [event = '', data = ''] = block.trim().split('\n')
      const value = readJson(data.replace(/^data: /, '')) as JsonObject
      if (event !== `event: ${String(value.type)}`) throw new Error(`${event} names ${data}`)
      return value
    })

/** A stream of the neutral events that a test is about, between its beginning and its end. */
export const answering = (events: readonly AnswerEvent[], reason: 'natural' | 'tool-calls' | 'output-limit') => [
  { type: 'start', id: 'chatcmpl-1', model: 'm' } satisfies AnswerEvent,
  ...events,
  { type: 'stop', stop: { reason } } satisfies AnswerEvent,
  { type: 'usage', usage: usageOf({ input: 10, cacheRead: 90, output: 5, reasoning: 2 }) } satisfies AnswerEvent,
  { type: 'end' } satisfies AnswerEvent,
]
