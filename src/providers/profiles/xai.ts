/** https://docs.x.ai/guides/reasoning: which models take a degree, and what reasoning models refuse. */
import type { Effort } from '../../canon/conversation.ts'
import { CHAT, IMAGES, NO_ACCOUNT, TEXT_ONLY } from './compatible.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const KINDS = ['xai']

const grok = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({ models, kinds: KINDS, profile })

const byEffort = (efforts: readonly Effort[]): ProfilePatch => ({
  reasoning: { style: 'effort', efforts, canBeOff: efforts.includes('none'), offByDefault: false },
})

const NO_EFFORT: ProfilePatch = { reasoning: { style: 'none', efforts: [], canBeOff: false } }

export const XAI_ROWS: readonly ProfileRow[] = [
  grok(['*'], { ...byEffort(['low', 'medium', 'high']), outputLimitField: 'max_completion_tokens' }),
  {
    models: ['*'],
    kinds: KINDS,
    formats: CHAT,
    // Reasoning models refuse `stop` and the penalties.
    profile: { ...NO_ACCOUNT, serviceTier: true, penalties: false, stopMax: 0, media: IMAGES },
  },
  {
    models: ['*'],
    kinds: KINDS,
    formats: ['openai-responses'],
    profile: { store: true, promptCacheKey: true, webSearch: true },
  },
  {
    models: ['grok-2*', 'grok-3*', 'grok-4-fast-non*', 'grok-4-1-fast-non*'],
    kinds: KINDS,
    formats: CHAT,
    profile: { penalties: true, stopMax: 4 },
  },
  { models: ['grok-3-mini*'], kinds: KINDS, formats: CHAT, profile: { penalties: false, stopMax: 0 } },
  grok(['grok-2*', 'grok-3*', 'grok-4*', 'grok-code*', 'grok-build*'], NO_EFFORT),
  grok(['grok-2*', 'grok-3*', 'grok-4-fast-non*', 'grok-4-1-fast-non*'], { reasoning: { offByDefault: true } }),
  grok(['grok-3*', 'grok-code*'], { media: TEXT_ONLY }),
  grok(['grok-3-mini*'], byEffort(['low', 'high'])),
  grok(['grok-4.20-multi-agent*'], byEffort(['low', 'medium', 'high', 'xhigh'])),
  grok(['grok-4.3*'], byEffort(['none', 'low', 'medium', 'high'])),
  grok(['grok-4.5*'], byEffort(['low', 'medium', 'high'])),
  grok(['grok-4.6*', 'grok-4.7*'], byEffort(['low', 'medium', 'high', 'xhigh'])),
]
