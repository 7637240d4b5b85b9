/**
 * Gemini by generation, from Google's pages on thinking, thought signatures and the models (ai.google.dev/gemini-api/docs,
 * docs.cloud.google.com).
 */
import type { Effort } from '../../canon/conversation.ts'
import type { WireFormat } from '../../canon/operation.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const NATIVE: readonly WireFormat[] = ['gemini']
const CHAT: readonly WireFormat[] = ['openai-chat']

const ALL_LEVELS: readonly Effort[] = ['minimal', 'low', 'medium', 'high']

/** From Gemini 3 on: thinks by level and always, and wants its signatures back. */
const OF_3: ProfilePatch = {
  penalties: false,
  reasoning: { efforts: ['low', 'medium', 'high'], canBeOff: false, demandsCallSignature: true },
}

const budget = (budgetMin: number, budgetMax: number, canBeOff: boolean): ProfilePatch => ({
  reasoning: { efforts: ALL_LEVELS, canBeOff, budgetMin, budgetMax },
})

/** Before thinking, and before JSON Schema: parameters and answers are described in Google's OpenAPI subset. */
const OF_2_0: ProfilePatch = {
  reasoning: { style: 'none', efforts: [], canBeOff: false, demandsCallSignature: false, offByDefault: true },
  media: { inToolResults: false },
  tools: { schemaDialect: 'openapi', besideHosted: 'never' },
}

const gemini = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({ models, profile })

export const GOOGLE_ROWS: readonly ProfileRow[] = [
  gemini(['gemini-*'], OF_3),
  {
    models: ['gemini-*'],
    formats: NATIVE,
    profile: {
      reasoning: { style: 'level' },
      media: { inToolResults: true },
      // "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling."
      tools: { besideHosted: 'told' },
    },
  },
  gemini(['gemini-3-pro*'], { reasoning: { efforts: ['low', 'high'] } }),
  gemini(['gemini-3-flash*', 'gemini-3.1-flash*', 'gemini-3.5-*', 'gemini-3.6-*'], {
    reasoning: { efforts: ALL_LEVELS },
  }),

  { models: ['gemini-2.5-*'], profile: { penalties: false, reasoning: { demandsCallSignature: false } } },
  {
    models: ['gemini-2.5-*'],
    formats: NATIVE,
    profile: {
      reasoning: { style: 'gemini-budget' },
      media: { inToolResults: false },
      // "Tool use with function calling is unsupported by the model."
      tools: { besideHosted: 'never' },
    },
  },
  gemini(['gemini-2.5-pro*'], budget(128, 32_768, false)),
  gemini(['gemini-2.5-flash*', 'gemini-flash-latest'], budget(0, 24_576, true)),
  gemini(['gemini-2.5-flash-lite*'], budget(512, 24_576, true)),
  gemini(['gemini-2.5-flash-image*'], { reasoning: { style: 'none', efforts: [] }, tools: { functions: false } }),

  gemini(['gemini-1.5*', 'gemini-2.0*'], { ...OF_2_0, penalties: true }),
  gemini(['gemma-*'], { ...OF_2_0, structured: 'none' }),

  // Calls have no ids on Vertex: the field is refused. Labels stand for metadata.
  { models: ['*'], kinds: ['vertex'], formats: NATIVE, profile: { metadata: true, tools: { callIds: false } } },

  // Vertex takes functions beside tools of its own as they are, from Gemini 3 on, and does not know the word for that
  // ("Cannot find field"). Before: "Multiple tools are supported only when they are all search tools."
  { models: ['gemini-*'], kinds: ['vertex'], formats: NATIVE, profile: { tools: { besideHosted: 'freely' } } },
  {
    models: ['gemini-1.5*', 'gemini-2.0*', 'gemini-2.5-*'],
    kinds: ['vertex'],
    formats: NATIVE,
    profile: { tools: { besideHosted: 'never' } },
  },

  // Refused by the Gemini API: "Penalty is not enabled for this model".
  { models: ['gemini-2.5-*'], kinds: ['vertex'], formats: NATIVE, profile: { penalties: true } },

  // Google's OpenAI-compatible face.
  {
    models: ['*'],
    kinds: ['gemini'],
    formats: CHAT,
    profile: {
      choicesMax: 8,
      stopMax: 5,
      promptCacheKey: false,
      verbosity: false,
      metadata: false,
      serviceTier: false,
      store: false,
      tools: { parallelFlag: false, strict: false },
    },
  },
]
