/**
 * Models of Bedrock's Converse, from AWS's pages on what each supports:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
 */
import type { UpstreamFormat } from '../../canon/operation.ts'
import { TEXT_ONLY } from './compatible.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const CONVERSE: readonly UpstreamFormat[] = ['bedrock-converse']

const converse = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({
  models,
  formats: CONVERSE,
  profile,
})

/** Made to follow a schema; of the others the answer's shape is asked for in words. */
const SHAPED = ['gemma-3*', 'nvidia.*', 'glm-*', 'qwen3*', 'kimi-*', 'minimax-*', 'deepseek-v3*', 'deepseek.v3*', 'v3*']

/** Claude from before prompt caching; 3.5 Sonnet was open to a preview only. */
const UNCACHED = [
  'claude-2*',
  'claude-v2*',
  'claude-instant*',
  'claude-3-haiku*',
  'claude-3-sonnet*',
  'claude-3-opus*',
  'claude-3-5-sonnet*',
]

export const BEDROCK_ROWS: readonly ProfileRow[] = [
  converse(['claude-*'], {
    structured: 'json-schema',
    cacheMarks: 'cache_control',
    cacheTtlHour: true,
    tools: { choice: 'all' },
  }),
  converse(['claude-3-*', 'claude-opus-4-0*', 'claude-opus-4-1*', 'claude-opus-4-2*', 'claude-sonnet-4-0*'], {
    cacheTtlHour: false,
  }),
  converse(['claude-sonnet-4-2*'], { cacheTtlHour: false }),
  // Marked, they are refused: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
  { models: UNCACHED, kinds: ['bedrock'], profile: { cacheMarks: 'none' } },
  // A cache point among the tools is a 400 ("extraneous key [cachePoint] is not permitted").
  converse(['nova-*'], { cacheMarks: 'cache_control', cacheMarksOnTools: false, tools: { choice: 'all' } }),
  converse(['nova-2-*'], {
    reasoning: { style: 'level', efforts: ['low', 'medium', 'high'], canBeOff: true, offByDefault: true },
  }),
  converse(['mistral-large*', 'pixtral-large*'], { tools: { choice: 'all' } }),
  converse(['gpt-oss-*'], {
    structured: 'json-schema',
    media: TEXT_ONLY,
    reasoning: { style: 'effort', efforts: ['low', 'medium', 'high'], canBeOff: false, offByDefault: false },
  }),
  converse(SHAPED, { structured: 'json-schema' }),
]
