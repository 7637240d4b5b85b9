import type { Schema } from './types.ts'

type Rule = NonNullable<Schema<'Group'>['rules']>[number]
type WireFormat = NonNullable<NonNullable<Rule['when']>['formats']>[number]

/** The wire formats a client may speak, in the order they are offered. */
export const WIRE_FORMATS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'openai-completions',
  'openai-embeddings',
  'openai-images',
  'openai-audio',
  'openai-moderations',
  'rerank',
] as const satisfies readonly WireFormat[]

/** Fails to compile where the API has a format that is not listed. */
const NONE_LEFT: Record<Exclude<WireFormat, (typeof WIRE_FORMATS)[number]>, never> = {}
void NONE_LEFT
