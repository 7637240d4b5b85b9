/** What servers in the likeness of OpenAI and Anthropic have in common. */
import type { WireFormat } from '../../canon/operation.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

export const CHAT: readonly WireFormat[] = ['openai-chat']
export const MESSAGES: readonly WireFormat[] = ['anthropic-messages']
export const RESPONSES: readonly WireFormat[] = ['openai-responses']

/** No answers kept, no tiers, no account metadata, no caches to name: those are OpenAI's own service. */
export const NO_ACCOUNT = {
  promptCacheKey: false,
  promptCacheRetention: false,
  verbosity: false,
  metadata: false,
  serviceTier: false,
  store: false,
} satisfies ProfilePatch

export const TEXT_ONLY = {
  images: false,
  imageUrls: false,
  documents: false,
  documentUrls: false,
  audio: false,
  video: false,
  inToolResults: false,
} satisfies ProfilePatch['media']

/** Images besides text. */
export const IMAGES = { ...TEXT_ONLY, images: true, imageUrls: true } satisfies ProfilePatch['media']

/** Anthropic's format at somebody else's: without its server tools, schemas, tiers, or marks that would mean something. */
const FOREIGN_MESSAGES: ProfilePatch = {
  ...NO_ACCOUNT,
  structured: 'none',
  cacheMarks: 'none',
  cacheTtlHour: false,
  webSearch: false,
  tools: { strict: false },
  media: { documents: false, documentUrls: false },
}

/** OpenAI's Responses at somebody else's: no custom tools. */
const FOREIGN_RESPONSES: ProfilePatch = { ...NO_ACCOUNT, webSearch: false, tools: { custom: false } }

const AT_OTHERS = {
  messages: ['deepseek', 'moonshot', 'zai', 'qwen', 'minimax', 'fireworks', 'ollama', 'vllm', 'lmstudio'],
  responses: [
    'deepseek',
    'moonshot',
    'volcengine',
    'minimax',
    'xai',
    'groq',
    'openrouter',
    'ollama',
    'vllm',
    'lmstudio',
    'bedrock-mantle',
  ],
}

export const COMPATIBLE_ROWS: readonly ProfileRow[] = [
  { models: ['*'], kinds: AT_OTHERS.messages, formats: MESSAGES, profile: FOREIGN_MESSAGES },
  { models: ['*'], kinds: AT_OTHERS.responses, formats: RESPONSES, profile: FOREIGN_RESPONSES },
]
