/** https://platform.kimi.ai/docs/api/models-overview: sampling is fixed by the platform for every Kimi model. */
import { CHAT, IMAGES, MESSAGES, NO_ACCOUNT, TEXT_ONLY } from './compatible.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const KINDS = ['moonshot']

/** "invalid temperature: only 1 is allowed for this model"; pictures as data, never by address. */
const KIMI: ProfilePatch = {
  temperature: 'fixed',
  topP: 'fixed',
  penalties: false,
  choicesMax: 1,
  media: { ...IMAGES, imageUrls: false },
}

/** Its ids hold the tool's name: `functions.get_weather:0`. */
const CALL_ID_LENGTH_MAX = 256

const chat = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({
  models,
  kinds: KINDS,
  formats: CHAT,
  profile,
})

export const MOONSHOT_ROWS: readonly ProfileRow[] = [
  {
    models: ['*'],
    kinds: KINDS,
    formats: CHAT,
    profile: {
      ...NO_ACCOUNT,
      promptCacheKey: true,
      temperature: 'unit',
      stopMax: 5,
      seed: false,
      logprobs: false,
      outputLimitField: 'max_completion_tokens',
      structured: 'json-object',
      media: TEXT_ONLY,
      tools: { strict: false, callIdLengthMax: CALL_ID_LENGTH_MAX },
      reasoning: { style: 'none', efforts: [], canBeOff: false, offByDefault: true },
    },
  },
  { models: ['*'], kinds: KINDS, formats: MESSAGES, profile: { prefill: false, media: { imageUrls: false } } },
  { models: ['kimi-*'], kinds: KINDS, profile: KIMI },
  chat(['kimi-k2.5*', 'kimi-k2.6*'], {
    reasoning: { style: 'switch', efforts: [], canBeOff: true, limitsToolChoice: true, offByDefault: false },
  }),
  // Always on; only {"type": "enabled"} is taken.
  chat(['kimi-k2.7*', 'kimi-k2-thinking*'], {
    tools: { choice: 'auto' },
    reasoning: { offByDefault: false },
  }),
  chat(['kimi-k3*'], {
    structured: 'json-schema',
    tools: { choice: 'auto' },
    reasoning: { style: 'effort', efforts: ['low', 'high', 'max'], canBeOff: false, offByDefault: false },
  }),
  chat(['moonshot-v1-8k-vision*', 'moonshot-v1-32k-vision*', 'moonshot-v1-128k-vision*'], {
    media: { ...IMAGES, imageUrls: false },
  }),
  {
    models: ['kimi-k2-thinking*', 'kimi-k2.5*', 'kimi-k2.6*', 'kimi-k2.7*', 'kimi-k3*'],
    kinds: ['moonshot', 'openai-compatible', 'vllm', 'fireworks', 'volcengine', 'qwen'],
    formats: CHAT,
    profile: { reasoning: { replay: 'reasoning_content' }, tools: { callIdLengthMax: CALL_ID_LENGTH_MAX } },
  },
]
