import type { Anthropic } from '@anthropic-ai/sdk'
import type { GenerateContentResponseUsageMetadata } from '@google/genai'
import type OpenAI from 'openai'

/** Token counts as a receipt has them: buckets that do not overlap, `reasoning` being a part of `output`. */
export interface Buckets {
  readonly input: number
  readonly cache_read: number
  readonly cache_write_5m: number
  readonly cache_write_1h: number
  readonly output: number
  readonly reasoning: number
}

const NONE: Buckets = { input: 0, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0, output: 0, reasoning: 0 }

type Completion = Pick<
  OpenAI.CompletionUsage,
  'prompt_tokens' | 'completion_tokens' | 'prompt_tokens_details' | 'completion_tokens_details'
>

/** OpenAI Chat and Completions: the prompt contains what was read from a cache and written to one. */
export const ofCompletion = (usage: Completion | null | undefined): Buckets => {
  if (!usage) throw new Error('the SDK reported no usage')
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0
  const written = usage.prompt_tokens_details?.cache_write_tokens ?? 0
  return {
    ...NONE,
    input: usage.prompt_tokens - cached - written,
    cache_read: cached,
    cache_write_5m: written,
    output: usage.completion_tokens,
    reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  }
}

/** OpenAI Responses. */
export const ofResponse = (usage: OpenAI.Responses.ResponseUsage | null | undefined): Buckets => {
  if (!usage) throw new Error('the SDK reported no usage')
  const { cached_tokens: cached, cache_write_tokens } = usage.input_tokens_details
  // The SDK's type has it always; servers from before it was added do not.
  const written = (cache_write_tokens as number | undefined) ?? 0
  return {
    ...NONE,
    input: usage.input_tokens - cached - written,
    cache_read: cached,
    cache_write_5m: written,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details.reasoning_tokens,
  }
}

/** Anthropic Messages: input, reads and writes stand side by side. */
export const ofMessage = (usage: Anthropic.Usage): Buckets => {
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0
  return {
    ...NONE,
    input: usage.input_tokens,
    cache_read: usage.cache_read_input_tokens ?? 0,
    cache_write_5m: (usage.cache_creation_input_tokens ?? 0) - hour,
    cache_write_1h: hour,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
  }
}

/** Gemini: the prompt contains what was cached, thoughts stand beside the candidates. */
export const ofGemini = (usage: GenerateContentResponseUsageMetadata | undefined): Buckets => {
  if (!usage) throw new Error('the SDK reported no usage')
  const cached = usage.cachedContentTokenCount ?? 0
  const thoughts = usage.thoughtsTokenCount ?? 0
  return {
    ...NONE,
    input: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0) - cached,
    cache_read: cached,
    output: (usage.candidatesTokenCount ?? 0) + thoughts,
    reasoning: thoughts,
  }
}

/** Embeddings have nothing but input. */
export const ofInput = (tokens: number): Buckets => ({ ...NONE, input: tokens })
