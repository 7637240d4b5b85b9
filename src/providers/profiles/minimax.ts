/** https://platform.minimax.io/docs/api-reference: best spoken to in Anthropic's format, where reasoning has a place. */
import { CHAT, MESSAGES, NO_ACCOUNT, TEXT_ONLY } from './compatible.ts'
import type { ProfileRow } from './row.ts'

const KINDS = ['minimax']

export const MINIMAX_ROWS: readonly ProfileRow[] = [
  {
    models: ['*'],
    kinds: KINDS,
    profile: {
      temperature: 'unit',
      topK: false,
      stopMax: 0,
      media: TEXT_ONLY,
      reasoning: { style: 'none', efforts: [], canBeOff: false },
    },
  },
  {
    models: ['*'],
    kinds: KINDS,
    formats: CHAT,
    profile: {
      ...NO_ACCOUNT,
      penalties: false,
      seed: false,
      logprobs: false,
      choicesMax: 1,
      user: false,
      outputLimitField: 'max_completion_tokens',
      structured: 'none',
      prefill: false,
      tools: { strict: false, parallelFlag: false, choice: 'auto' },
    },
  },
  { models: ['*'], kinds: KINDS, formats: MESSAGES, profile: { cacheMarks: 'cache_control', prefill: false } },
  // M2 thinks whatever is asked; M3 takes a switch whose "on" is "adaptive".
  {
    models: ['minimax-m3*'],
    kinds: KINDS,
    formats: CHAT,
    profile: { reasoning: { style: 'switch', onWord: 'adaptive', canBeOff: true } },
  },
  {
    models: ['minimax-m3*'],
    kinds: KINDS,
    formats: MESSAGES,
    profile: { reasoning: { style: 'adaptive', canBeOff: true } },
  },
]
