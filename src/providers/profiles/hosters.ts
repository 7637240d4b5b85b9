/** Who serves other people's models: what of the format each of them takes, whatever the model. */
import { CHAT, IMAGES, NO_ACCOUNT, TEXT_ONLY } from './compatible.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const NO_REASONING = {
  style: 'none',
  efforts: [],
  canBeOff: false,
  offByDefault: true,
} satisfies ProfilePatch['reasoning']

const at = (kind: string, profile: ProfilePatch): ProfileRow => ({
  models: ['*'],
  kinds: [kind],
  formats: CHAT,
  profile,
})

const CLOUD_ROWS: readonly ProfileRow[] = [
  // https://console.groq.com/docs/openai: 400 for logprobs, a name on a message, and n above 1.
  at('groq', {
    ...NO_ACCOUNT,
    serviceTier: true,
    logprobs: false,
    choicesMax: 1,
    messageNames: false,
    structured: 'json-object',
    outputLimitField: 'max_completion_tokens',
    media: IMAGES,
    reasoning: NO_REASONING,
  }),
  {
    models: ['gpt-oss-*', 'llama-4*', 'kimi-k2*'],
    kinds: ['groq'],
    formats: CHAT,
    profile: { structured: 'json-schema' },
  },
  // Thinks, and takes no degree but its own `default`.
  { models: ['qwen3*'], kinds: ['groq'], formats: CHAT, profile: { reasoning: { offByDefault: false } } },
  // https://inference-docs.cerebras.ai/resources/openai: 400 for penalties and tiers.
  at('cerebras', {
    ...NO_ACCOUNT,
    penalties: false,
    outputLimitField: 'max_completion_tokens',
    media: TEXT_ONLY,
    reasoning: NO_REASONING,
  }),
  {
    models: ['zai-glm-*'],
    kinds: ['cerebras'],
    formats: CHAT,
    profile: { reasoning: { style: 'effort', efforts: ['none', 'high'], canBeOff: true, offByDefault: false } },
  },
  at('together', { ...NO_ACCOUNT, topK: true, media: IMAGES }),
  at('fireworks', { ...NO_ACCOUNT, topK: true, media: IMAGES }),
  at('cohere', {
    ...NO_ACCOUNT,
    choicesMax: 1,
    media: IMAGES,
    tools: { parallelFlag: false },
    reasoning: NO_REASONING,
  }),
  // https://docs.perplexity.ai: searches of its own accord, takes no tools, and wants turns that alternate.
  at('perplexity', {
    ...NO_ACCOUNT,
    topK: true,
    seed: false,
    logprobs: false,
    choicesMax: 1,
    laterSystem: false,
    prefill: false,
    media: IMAGES,
    tools: { functions: false },
    reasoning: { efforts: ['minimal', 'low', 'medium', 'high'], canBeOff: false },
  }),
  at('bedrock-mantle', NO_ACCOUNT),
]

const LOCAL_ROWS: readonly ProfileRow[] = [
  // https://github.com/ollama/ollama/blob/main/docs/openai.md: pictures as data only, and tools never forced.
  at('ollama', {
    ...NO_ACCOUNT,
    logprobs: false,
    choicesMax: 1,
    media: { ...IMAGES, imageUrls: false },
    tools: { strict: false, parallelFlag: false, choice: 'auto' },
    reasoning: { efforts: ['none', 'low', 'medium', 'high', 'max'] },
  }),
  at('vllm', { ...NO_ACCOUNT, topK: true, media: { documents: false } }),
  at('lmstudio', { ...NO_ACCOUNT, topK: true, choicesMax: 1, media: { documents: false, audio: false } }),
]

/** OpenRouter leaves out what a model does not take, and says reasoning in one way for all of them. */
const OPENROUTER: ProfilePatch = {
  temperature: 'any',
  topP: 'any',
  topK: true,
  penalties: true,
  logprobs: true,
  stopMax: 4,
  systemRole: 'system',
  outputLimitField: 'max_tokens',
  cacheMarks: 'cache_control',
  cacheTtlHour: true,
  store: false,
  metadata: false,
  tools: { custom: false },
  reasoning: {
    style: 'effort',
    efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    canBeOff: true,
    replay: 'reasoning_details',
  },
}

export const HOSTER_ROWS: readonly ProfileRow[] = [
  ...CLOUD_ROWS,
  ...LOCAL_ROWS,
  { ...at('openrouter', OPENROUTER), overrides: true },
]
