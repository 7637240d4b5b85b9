/** https://www.volcengine.com/docs/82379: Ark serves Doubao; `thinking` as a switch, with degrees from Seed 1.6 on. */
import { CHAT, IMAGES, NO_ACCOUNT } from './compatible.ts'
import type { ProfileRow } from './row.ts'

const KINDS = ['volcengine']

export const VOLCENGINE_ROWS: readonly ProfileRow[] = [
  {
    models: ['*'],
    kinds: KINDS,
    formats: CHAT,
    profile: {
      ...NO_ACCOUNT,
      serviceTier: true,
      seed: false,
      choicesMax: 1,
      user: false,
      structured: 'json-object',
      media: IMAGES,
      tools: { strict: false },
      reasoning: { style: 'switch', efforts: [], canBeOff: true },
    },
  },
  {
    models: ['doubao-seed-*'],
    kinds: KINDS,
    formats: CHAT,
    profile: {
      structured: 'json-schema',
      reasoning: { efforts: ['minimal', 'low', 'medium', 'high'], replay: 'reasoning_content' },
    },
  },
]
