/** https://api-docs.deepseek.com/guides/thinking_mode: a switch and three degrees, on unless told otherwise. */
import { CHAT, MESSAGES, NO_ACCOUNT, RESPONSES, TEXT_ONLY } from './compatible.ts'
import type { ProfileRow } from './row.ts'

const KINDS = ['deepseek']

export const DEEPSEEK_ROWS: readonly ProfileRow[] = [
  // "messages[0]: unknown variant `image_url`, expected `text`."
  { models: ['*'], kinds: KINDS, profile: { seed: false, choicesMax: 1, prefill: false, media: TEXT_ONLY } },
  {
    models: ['*'],
    kinds: KINDS,
    formats: CHAT,
    profile: {
      ...NO_ACCOUNT,
      stopMax: 16,
      structured: 'json-object',
      // Strict tools exist under /beta only.
      tools: { strict: false },
      reasoning: {
        style: 'switch',
        efforts: ['low', 'high', 'max'],
        canBeOff: true,
        // "Thinking mode does not support this tool_choice."
        limitsToolChoice: true,
      },
    },
  },
  {
    models: ['*'],
    kinds: KINDS,
    formats: MESSAGES,
    profile: { topK: false, reasoning: { efforts: ['low', 'high', 'max'] } },
  },
  {
    models: ['*'],
    kinds: KINDS,
    formats: RESPONSES,
    profile: { reasoning: { efforts: ['none', 'low', 'high', 'max'], limitsToolChoice: true } },
  },
  { models: ['deepseek-chat'], kinds: KINDS, profile: { reasoning: { offByDefault: true } } },
  {
    models: ['deepseek-reasoner'],
    kinds: KINDS,
    profile: { reasoning: { efforts: ['low', 'high', 'max'], canBeOff: false } },
  },

  // "The reasoning_content in the thinking mode must be passed back to the API." Wherever it is served.
  {
    models: ['deepseek-v4*', 'deepseek-reasoner', 'deepseek-v3.2*', 'deepseek-flash*'],
    kinds: ['deepseek', 'openai-compatible', 'vllm', 'fireworks', 'qwen', 'volcengine'],
    formats: CHAT,
    profile: { reasoning: { replay: 'reasoning_content' } },
  },
]
