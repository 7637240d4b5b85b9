import type { Profile } from '../../../src/canon/profile.ts'
import { profile } from '../../../src/providers/profiles/test-parts.ts'
import type { Format } from './lanes.ts'

/** A model that there is, at a provider that there is. */
export interface RealTarget {
  readonly name: string
  readonly format: Format
  readonly profile: Profile
  /** What its server knows beyond its format. */
  readonly knows: readonly string[]
}

const real = (kind: string, model: string, format: Format, knows: readonly string[] = []): RealTarget => ({
  name: `${model} at ${kind} in ${format}`,
  format,
  // Smaller than what some clients ask for.
  profile: { ...profile(kind, model, format), outputTokensMax: 6_000, outputTokensDefault: 6_000 },
  knows,
})

/** One of each kind of difference between models: what they take of sampling, thinking, tools, schemas and roles. */
export const REAL_TARGETS: readonly RealTarget[] = [
  real('anthropic', 'claude-opus-5', 'anthropic-messages'),
  real('anthropic', 'claude-sonnet-4-6', 'anthropic-messages'),
  real('anthropic', 'claude-sonnet-4-5', 'anthropic-messages'),
  real('anthropic', 'claude-3-haiku-20240307', 'anthropic-messages'),
  real('openai', 'gpt-4o', 'openai-chat'),
  real('openai', 'o3-mini', 'openai-chat'),
  real('openai', 'gpt-5.2', 'openai-chat'),
  real('openai', 'gpt-5.6', 'openai-responses'),
  real('openai', 'gpt-6.1', 'openai-responses'),
  real('gemini', 'gemini-3-pro-preview', 'gemini'),
  real('gemini', 'gemini-2.5-flash', 'gemini'),
  real('gemini', 'gemini-2.0-flash', 'gemini'),
  real('deepseek', 'deepseek-reasoner', 'openai-chat', ['thinking', 'reasoning_content', 'stop']),
  real('gemini', 'gemini-3-pro-preview', 'openai-chat', ['stop']),
]
