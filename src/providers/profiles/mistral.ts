/** https://docs.mistral.ai/api: refuses fields it does not know, ids not of nine letters and digits, and `logprobs`. */
import { CHAT, IMAGES } from './compatible.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const KINDS = ['mistral']

const mistral = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({
  models,
  kinds: KINDS,
  formats: CHAT,
  profile,
})

const BY_EFFORT: ProfilePatch = {
  reasoning: { style: 'effort', efforts: ['none', 'high'], canBeOff: true, offByDefault: true },
}

export const MISTRAL_ROWS: readonly ProfileRow[] = [
  mistral(['*'], {
    seedField: 'random_seed',
    logprobs: false,
    user: false,
    store: false,
    serviceTier: false,
    verbosity: false,
    prefill: false,
    media: IMAGES,
    tools: { callIdLengthMax: 9 },
    reasoning: { style: 'none', efforts: [], canBeOff: false, offByDefault: true },
  }),
  mistral(
    [
      'mistral-small-latest',
      'mistral-small-2603*',
      'mistral-medium-3-5*',
      'mistral-medium-3.5*',
      'mistral-medium-2604*',
      'mistral-medium-latest',
    ],
    BY_EFFORT,
  ),
  mistral(['magistral*'], { reasoning: { offByDefault: false } }),
  mistral(['voxtral*'], { media: { audio: true } }),
]
