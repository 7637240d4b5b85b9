/**
 * OpenAI's models by generation, from its model pages and the guides on reasoning and on the latest model
 * (developers.openai.com/api/docs). Degrees of reasoning are those its 400 names as supported.
 */
import type { Effort } from '../../canon/conversation.ts'
import type { WireFormat } from '../../canon/operation.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

const OWN = ['openai', 'azure', 'azure-deployments']
const CHAT: readonly WireFormat[] = ['openai-chat']

const reasons = (efforts: readonly Effort[], more: ProfilePatch['reasoning'] = {}): ProfilePatch => ({
  reasoning: { style: 'effort', efforts, canBeOff: efforts.includes('none'), offByDefault: false, ...more },
})

/** What every reasoning model of OpenAI refuses: "Unsupported parameter: 'stop' is not supported with this model." */
const REASONING: ProfilePatch = {
  temperature: 'fixed',
  topP: 'fixed',
  penalties: false,
  logprobs: false,
  stopMax: 0,
  outputLimitField: 'max_completion_tokens',
  systemRole: 'developer',
  verbosity: false,
  media: { audio: false },
}

/** Thinks not at all: sampled as one likes. */
const PLAIN: ProfilePatch = {
  temperature: 'any',
  topP: 'any',
  systemRole: 'system',
  verbosity: false,
  reasoning: { style: 'none', efforts: [], canBeOff: false, offByDefault: true },
  media: { audio: false },
  tools: { custom: false },
}

const GPT_5: ProfilePatch = { ...REASONING, verbosity: true, tools: { custom: true } }

const TO_HIGH: readonly Effort[] = ['low', 'medium', 'high']
const TO_XHIGH: readonly Effort[] = [...TO_HIGH, 'xhigh']
const TO_MAX: readonly Effort[] = [...TO_XHIGH, 'max']
const OFF = { offByDefault: true, samplesWhenOff: true }

const gpt = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({ models, profile })

const REASONING_ROWS: readonly ProfileRow[] = [
  gpt(['o1*', 'o3*', 'o4-*', 'codex-mini*'], { ...REASONING, ...reasons(TO_HIGH), tools: { custom: false } }),
  gpt(['o1-mini*', 'o1-preview*'], {
    reasoning: { style: 'none', efforts: [] },
    structured: 'none',
    tools: { functions: false },
  }),
  // The first of them still stop where they are told.
  { models: ['o1*', 'o3-mini*'], formats: CHAT, profile: { stopMax: 4 } },
  gpt(['o3-deep-research*', 'o4-mini-deep-research*'], reasons(['medium'])),

  gpt(['gpt-5*'], { ...GPT_5, ...reasons(['minimal', ...TO_HIGH]) }),
  gpt(['gpt-5-codex*', 'gpt-5.1-codex*'], reasons(TO_HIGH)),
  gpt(['gpt-5-pro*'], reasons(['high'])),
  gpt(['gpt-5.1*'], reasons(['none', ...TO_HIGH], OFF)),
  gpt(['gpt-5.1-codex-max*', 'gpt-5.2-codex*', 'gpt-5.3-codex*', 'gpt-5.5-codex*'], reasons(TO_XHIGH)),
  gpt(['gpt-5.2*', 'gpt-5.3*', 'gpt-5.4*'], reasons(['none', ...TO_XHIGH], OFF)),
  gpt(['gpt-5.5*'], reasons(['none', ...TO_XHIGH], { samplesWhenOff: true })),
  gpt(['gpt-5.2-pro*', 'gpt-5.4-pro*', 'gpt-5.5-pro*'], reasons(['medium', 'high', 'xhigh'])),
  gpt(['gpt-5.6*'], {
    ...reasons(['none', ...TO_MAX], { samplesWhenOff: true }),
    cacheMarks: 'prompt_cache_breakpoint',
  }),
  gpt(['gpt-6*'], {
    ...GPT_5,
    ...reasons(['none', ...TO_MAX], { samplesWhenOff: true }),
    cacheMarks: 'prompt_cache_breakpoint',
  }),
  gpt(['gpt-6-astra*', 'gpt-6.1*'], reasons(TO_MAX)),
  { models: ['gpt-6.1*'], formats: CHAT, profile: reasons(TO_XHIGH) },

  // The models behind the app: one fixed degree of reasoning, then none that could be set.
  gpt(['gpt-5.1-chat*', 'gpt-5.2-chat*'], { ...reasons(['medium']), verbosity: false }),
  gpt(['gpt-5.3-chat*', 'gpt-5.5-chat*'], {
    ...reasons(['medium']),
    temperature: 'any',
    topP: 'any',
    verbosity: false,
  }),
  gpt(['gpt-5-chat*', 'gpt-chat-latest'], { ...PLAIN, outputLimitField: 'max_completion_tokens' }),
  {
    models: ['gpt-5-chat*', 'gpt-chat-latest'],
    formats: CHAT,
    profile: { penalties: true, logprobs: true, stopMax: 4 },
  },

  // Anyone may serve these, and they follow OpenAI's three degrees.
  gpt(['gpt-oss-*'], {
    ...reasons(TO_HIGH),
    verbosity: false,
    media: { images: false, imageUrls: false, audio: false },
  }),
]

/** "Function tools with reasoning_effort are not supported … in /v1/chat/completions." */
const CHAT_TOOL_ROWS: readonly ProfileRow[] = [
  {
    models: ['gpt-5.4*', 'gpt-5.5*', 'gpt-5.6*', 'gpt-6-*'],
    kinds: OWN,
    formats: CHAT,
    profile: { tools: { onlyWithoutReasoning: true } },
  },
  {
    models: ['gpt-6-astra*', 'gpt-6.1*'],
    kinds: OWN,
    formats: CHAT,
    profile: { tools: { functions: false, custom: false } },
  },
]

const NO_MEDIA: ProfilePatch['media'] = {
  images: false,
  imageUrls: false,
  documents: false,
  documentUrls: false,
  audio: false,
}

const PLAIN_ROWS: readonly ProfileRow[] = [
  gpt(['gpt-3.5*', 'gpt-4*', 'chatgpt-4o*'], PLAIN),
  gpt(['gpt-3.5*', 'gpt-4', 'gpt-4-0*', 'gpt-4-1*', 'gpt-4-32k*', 'gpt-4-turbo*', 'gpt-4-vision*'], {
    structured: 'json-object',
    promptCacheKey: false,
    media: NO_MEDIA,
    tools: { strict: false },
  }),
  gpt(['gpt-4', 'gpt-4-0314', 'gpt-4-0613', 'gpt-4-32k*'], { structured: 'none' }),
  gpt(['gpt-4-turbo*', 'gpt-4-1106-vision*', 'gpt-4-vision*'], { media: { images: true, imageUrls: true } }),
  gpt(['gpt-4-0125*', 'gpt-4-turbo-preview', 'gpt-4-turbo-0125*'], { media: { images: false, imageUrls: false } }),
  gpt(['gpt-4o-2024-05-13'], { structured: 'json-object', tools: { strict: false } }),
  gpt(['gpt-4o-audio*', 'gpt-4o-mini-audio*', 'gpt-audio*'], {
    ...PLAIN,
    media: { ...NO_MEDIA, audio: true },
    structured: 'none',
  }),
  gpt(['gpt-4o-search*', 'gpt-4o-mini-search*'], {
    temperature: 'fixed',
    topP: 'fixed',
    penalties: false,
    seed: false,
    choicesMax: 1,
    webSearch: true,
    tools: { functions: false },
  }),
]

export const OPENAI_ROWS: readonly ProfileRow[] = [
  // Every one of OpenAI's own models knows the newer name of the limit.
  { models: ['*'], kinds: OWN, profile: { outputLimitField: 'max_completion_tokens' } },
  ...REASONING_ROWS,
  ...CHAT_TOOL_ROWS,
  ...PLAIN_ROWS,
]
