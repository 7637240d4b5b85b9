import type { UpstreamFormat } from '../../canon/operation.ts'
import type { Profile } from '../../canon/profile.ts'
import { patched } from './row.ts'

/** Enough for an answer, and taken by every model that still serves. */
const OUTPUT_TOKENS_DEFAULT = 8_192

/** OpenAI's Chat as its reference has it, less what only OpenAI's own newest models take. */
const chat: Profile = {
  family: 'openai-compatible',
  temperature: 'any',
  topP: 'any',
  topK: false,
  penalties: true,
  seed: true,
  logprobs: true,
  stopMax: 4,
  choicesMax: 128,
  reasoning: {
    style: 'effort',
    efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    canBeOff: true,
    replay: 'none',
    limitsToolChoice: false,
    demandsCallSignature: false,
  },
  outputLimitField: 'max_tokens',
  outputTokensDefault: OUTPUT_TOKENS_DEFAULT,
  outputTokensMax: undefined,
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
    custom: false,
    strict: true,
    parallelFlag: true,
    choice: 'all',
    schemaDialect: 'json-schema',
    nameLengthMax: 64,
    nameAllowsDots: false,
    // OpenAI says "string too long. Expected a string with maximum length 40" of longer ones, in Chat only.
    callIdLengthMax: 40,
    callIds: true,
  },
  structured: 'json-schema',
  cacheMarks: 'none',
  cacheTtlHour: false,
  promptCacheKey: true,
  promptCacheRetention: true,
  verbosity: true,
  user: true,
  metadata: true,
  serviceTier: true,
  store: true,
  webSearch: false,
}

const responses: Profile = patched(chat, {
  family: 'openai',
  penalties: false,
  seed: false,
  stopMax: 0,
  choicesMax: 1,
  media: { documentUrls: true, audio: false, inToolResults: true },
  tools: { custom: true, nameLengthMax: 128, callIdLengthMax: 64 },
  webSearch: true,
})

/** Anthropic's Messages as servers in its likeness have it. Claude itself has rows of its own. */
const messages: Profile = patched(chat, {
  family: 'anthropic',
  temperature: 'unit',
  topK: true,
  penalties: false,
  seed: false,
  logprobs: false,
  // The reference names no limit; Bedrock's, of the same models, is this.
  stopMax: 8_191,
  choicesMax: 1,
  reasoning: { style: 'budget', efforts: [], limitsToolChoice: true, budgetMin: 1_024 },
  laterSystem: false,
  media: { documentUrls: true, audio: false, inToolResults: true },
  tools: { nameLengthMax: 128, callIdLengthMax: 64 },
  cacheMarks: 'cache_control',
  cacheTtlHour: true,
  promptCacheKey: false,
  promptCacheRetention: false,
  verbosity: false,
  metadata: false,
  store: false,
  webSearch: true,
})

/** Bedrock's Converse: what every model there takes; the rest is said of each. It takes no addresses, only content. */
const converse: Profile = patched(messages, {
  family: 'bedrock',
  topK: false,
  stopMax: 2_500,
  reasoning: { style: 'none', canBeOff: false, limitsToolChoice: false, offByDefault: true },
  media: { imageUrls: false, documentUrls: false },
  tools: { strict: false, parallelFlag: false, choice: 'auto', nameLengthMax: 64 },
  structured: 'none',
  cacheMarks: 'none',
  cacheTtlHour: false,
  user: false,
  serviceTier: false,
  webSearch: false,
})

const gemini: Profile = patched(chat, {
  family: 'google',
  topK: true,
  stopMax: 5,
  choicesMax: 8,
  reasoning: { style: 'level', efforts: ['minimal', 'low', 'medium', 'high'], canBeOff: false },
  laterSystem: false,
  media: { documentUrls: true, video: true },
  tools: {
    strict: false,
    parallelFlag: false,
    nameLengthMax: 128,
    nameAllowsDots: true,
    callIdLengthMax: 64,
    besideHosted: 'never',
  },
  promptCacheKey: false,
  promptCacheRetention: false,
  verbosity: false,
  user: false,
  metadata: false,
  store: false,
  webSearch: true,
})

const completions: Profile = patched(chat, {
  reasoning: { style: 'none', efforts: [], canBeOff: false, offByDefault: true },
  media: { images: false, imageUrls: false, documents: false, audio: false },
  tools: { functions: false, strict: false },
  structured: 'none',
  verbosity: false,
  metadata: false,
  serviceTier: false,
  store: false,
})

/** What a model is taken to accept of whom nothing is known: all that its wire format has. */
export const DEFAULT_PROFILES: Readonly<Record<UpstreamFormat, Profile>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  gemini,
  'openai-completions': completions,
  'openai-embeddings': completions,
  'openai-images': completions,
  'openai-audio': completions,
  'openai-moderations': completions,
  rerank: completions,
  'bedrock-converse': converse,
}
