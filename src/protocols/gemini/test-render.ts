import type { Block, Opaque } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Conversation, Role, Turn } from '../../canon/conversation.ts'
import type { Profile } from '../../canon/profile.ts'
import { geminiCodec } from './codec.ts'

/** Parts of tests of rendering requests: two models, short ways to say a conversation, and what is made of it. */

/** A model that takes what Gemini's newest take. */
export const PROFILE: Profile = {
  family: 'google',
  temperature: 'any',
  topP: 'any',
  topK: true,
  penalties: true,
  seed: true,
  logprobs: true,
  stopMax: 5,
  choicesMax: 8,
  reasoning: {
    style: 'level',
    efforts: ['low', 'high'],
    canBeOff: false,
    replay: 'none',
    limitsToolChoice: false,
    demandsCallSignature: true,
  },
  outputLimitField: 'max_tokens',
  outputTokensDefault: 8_192,
  outputTokensMax: 65_536,
  systemRole: 'system',
  laterSystem: false,
  prefill: true,
  media: {
    images: true,
    imageUrls: true,
    documents: true,
    documentUrls: true,
    audio: true,
    video: true,
    inToolResults: true,
  },
  tools: {
    functions: true,
    custom: false,
    strict: false,
    parallelFlag: false,
    choice: 'all',
    schemaDialect: 'json-schema',
    nameLengthMax: 128,
    nameAllowsDots: true,
    callIdLengthMax: 64,
    callIds: true,
  },
  structured: 'json-schema',
  cacheMarks: 'none',
  cacheTtlHour: false,
  promptCacheKey: false,
  verbosity: false,
  user: false,
  metadata: false,
  serviceTier: true,
  store: false,
  webSearch: true,
}
/** A model of before: a budget of thoughts, no ids of calls, no media in results. */
export const LEGACY: Profile = {
  ...PROFILE,
  reasoning: { ...PROFILE.reasoning, style: 'gemini-budget', canBeOff: true, demandsCallSignature: false },
  media: { ...PROFILE.media, inToolResults: false },
  tools: { ...PROFILE.tools, callIds: false },
}

export const turn = (role: Role, ...blocks: readonly Block[]): Turn => ({
  role,
  blocks: blocks.map((block, index) => ({ pointer: `/${role}/${index}`, ...block })),
  pointer: `/${role}`,
})
export const text = (words: string): Block => ({ kind: 'text', text: words })
export const call = (id: string, more: Partial<Extract<Block, { kind: 'tool-call' }>> = {}): Block => ({
  kind: 'tool-call',
  id,
  name: 'f',
  form: 'function',
  arguments: '{"a":1}',
  ...more,
})
export const result = (
  callId: string,
  words: string,
  more: Partial<Extract<Block, { kind: 'tool-result' }>> = {},
): Block => ({
  kind: 'tool-result',
  callId,
  form: 'function',
  content: words === '' ? [] : [{ kind: 'text', text: words }],
  ...more,
})
export const signed = (signature: string, on: string): Opaque => ({
  family: 'google',
  kind: 'thought-signature',
  data: JSON.stringify({ signature, on }),
})
export const reasoning = (opaque?: Opaque, words = ''): Block => ({
  kind: 'reasoning',
  text: words,
  ...(opaque && { opaque }),
})

export const conversation = (turns: readonly Turn[], more: Partial<Conversation> = {}): Conversation => ({
  format: 'openai-chat',
  model: 'm',
  stream: false,
  turns,
  tools: [],
  settings: {},
  unmapped: [],
  wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
  native: { format: 'openai-chat', value: {} },
  ...more,
})

/** Throws where the request is refused. */
export const render = (asked: Conversation, profile: Profile = PROFILE) => {
  const rendered = geminiCodec.renderRequest(asked, { model: 'gemini-x', profile, stream: false })
  if (!rendered.ok) throw new Error(`${rendered.error.param}: ${rendered.error.message}`)
  const { body, losses, tools } = rendered.value
  return { body, losses: losses.map(({ code, pointer }) => `${code} ${pointer}`), tools }
}
/** The field that a refusal names; undefined where there is none. */
export const refusal = (asked: Conversation, profile: Profile = PROFILE): string | undefined => {
  const rendered = geminiCodec.renderRequest(asked, { model: 'gemini-x', profile, stream: false })
  return rendered.ok ? undefined : rendered.error.param
}
export const HI = turn('user', text('hi'))
/** What becomes of an answer in the middle of a conversation. */
export const modelParts = (...blocks: readonly Block[]) => {
  const { body, losses } = render(conversation([HI, turn('assistant', ...blocks), turn('user', text('go on'))]))
  return { parts: (body.contents as readonly { parts: readonly JsonObject[] }[])[1]?.parts, losses }
}
