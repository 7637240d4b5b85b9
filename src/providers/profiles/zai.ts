/** https://docs.z.ai/api-reference/llm/chat-completion: GLM; one stop word, and `thinking` as a switch. */
import { CHAT, IMAGES, NO_ACCOUNT, TEXT_ONLY } from './compatible.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const KINDS = ['zai']

const chat = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({
  models,
  kinds: KINDS,
  formats: CHAT,
  profile,
})

export const ZAI_ROWS: readonly ProfileRow[] = [
  chat(['*'], {
    ...NO_ACCOUNT,
    temperature: 'unit',
    penalties: false,
    seed: false,
    logprobs: false,
    stopMax: 1,
    choicesMax: 1,
    user: false,
    messageNames: false,
    structured: 'json-object',
    media: TEXT_ONLY,
    tools: { strict: false, parallelFlag: false },
    reasoning: { style: 'switch', efforts: [], canBeOff: true },
  }),
  chat(['glm-4-*'], { reasoning: { style: 'none', canBeOff: false, offByDefault: true } }),
  chat(['glm-4v*', 'glm-4.1v*', 'glm-4.5v*', 'glm-4.6v*', 'glm-5v*'], { media: IMAGES }),
  chat(['glm-5.2*'], { reasoning: { efforts: ['high', 'max'] } }),
  chat(['glm-5.3*'], { reasoning: { style: 'effort', efforts: ['low', 'high', 'max'], canBeOff: false } }),
  {
    models: ['glm-4.7*', 'glm-5*'],
    kinds: ['zai', 'openai-compatible', 'vllm', 'fireworks', 'volcengine', 'qwen'],
    formats: CHAT,
    profile: { reasoning: { replay: 'reasoning_content' } },
  },
]
