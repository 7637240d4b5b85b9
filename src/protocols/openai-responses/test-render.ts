import type { Block, ToolResultBlock } from '../../canon/blocks.ts'
import type { JsonObject, RenderedRequest } from '../../canon/codec.ts'
import type { Conversation, Tool, Turn } from '../../canon/conversation.ts'
import type { Profile } from '../../canon/profile.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { renderRequest } from './render-request.ts'

/** Parts of tests of this folder: short ways to read and to write a request. */

export const PROFILE: Profile = {
  family: 'openai',
  temperature: 'any',
  topP: 'any',
  topK: false,
  penalties: false,
  seed: false,
  logprobs: true,
  stopMax: 0,
  choicesMax: 1,
  reasoning: {
    style: 'effort',
    efforts: ['none', 'low', 'medium', 'high'],
    canBeOff: true,
    replay: 'none',
    limitsToolChoice: false,
    demandsCallSignature: false,
  },
  outputLimitField: 'max_tokens',
  outputTokensDefault: 8_192,
  outputTokensMax: 1_000,
  systemRole: 'developer',
  laterSystem: true,
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
    custom: true,
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
  cacheMarks: 'none',
  cacheTtlHour: false,
  promptCacheKey: true,
  verbosity: true,
  user: true,
  metadata: true,
  serviceTier: true,
  store: true,
  webSearch: true,
}
export const toolsOf = (more: Partial<Profile['tools']>): Partial<Profile> => ({ tools: { ...PROFILE.tools, ...more } })
export const mediaOf = (more: Partial<Profile['media']>): Partial<Profile> => ({ media: { ...PROFILE.media, ...more } })
export const thinks = (more: Partial<Profile['reasoning']>): Partial<Profile> => ({
  reasoning: { ...PROFILE.reasoning, ...more },
})

export const render = (
  more: Partial<Conversation>,
  profile: Partial<Profile> = {},
): Result<RenderedRequest, GatewayError> =>
  renderRequest(
    {
      format: 'anthropic-messages',
      model: 'client',
      stream: false,
      turns: [],
      tools: [],
      settings: {},
      unmapped: [],
      wishes: { includesUsage: false, legacyFunctions: false, echo: {} },
      native: { format: 'anthropic-messages', value: {} },
      ...more,
    },
    { model: 'upstream', profile: { ...PROFILE, ...profile }, stream: more.stream ?? false },
  )
export const rendered = (more: Partial<Conversation>, profile: Partial<Profile> = {}): RenderedRequest => {
  const result = render(more, profile)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
export const turn = (role: Turn['role'], blocks: readonly Block[]): Turn => ({ role, blocks, pointer: '/t' })
export const text = (value: string): Block => ({ kind: 'text', text: value, pointer: '/b' })
export const call = (more: Partial<Extract<Block, { kind: 'tool-call' }>> = {}): Block => ({
  kind: 'tool-call',
  id: 'call_1',
  name: 'f',
  form: 'function',
  arguments: '{"a":1}',
  pointer: '/c',
  ...more,
})
export const result = (more: Partial<ToolResultBlock> = {}): Block => ({
  kind: 'tool-result',
  callId: 'call_1',
  form: 'function',
  content: [{ kind: 'text', text: 'out', pointer: '/r/0' }],
  pointer: '/r',
  ...more,
})
export const losses = ({ losses: list }: RenderedRequest) => list.map(({ pointer, code }) => `${pointer} ${code}`)
export const items = (turns: readonly Turn[], profile: Partial<Profile> = {}, tools: readonly Tool[] = []) => {
  const value = rendered({ turns, tools }, profile)
  return { input: value.body.input, losses: losses(value) }
}
export const message = (role: string, ...content: readonly JsonObject[]): JsonObject => ({
  type: 'message',
  role,
  content,
})
export const said = (value: string): JsonObject => ({ type: 'output_text', text: value, annotations: [] })
export const put = (value: string): JsonObject => ({ type: 'input_text', text: value })
export const CALLED = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"a":1}' }
export const STEP = [turn('user', [text('q')]), turn('assistant', [call()])]
export const stepWith = (block: Block): readonly Turn[] => [...STEP, turn('user', [block])]
