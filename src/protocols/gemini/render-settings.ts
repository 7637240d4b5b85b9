import type { Block } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { AnswerShape, JsonShape, Conversation, Settings, Sourced } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import type { Profile } from '../../canon/profile.ts'
import { isKeptBriefly } from '../shared/cache-marks.ts'
import { toGeminiJsonSchema, toOpenApi } from '../shared/schema.ts'
import { stopsToSend } from '../shared/stops.ts'
import type { Writing } from './render-parts.ts'
import { thinkingConfig } from './render-thinking.ts'

interface RenderedSettings {
  readonly generationConfig: JsonObject
  readonly serviceTier?: string
  readonly labels?: JsonObject
}

type Config = Record<string, unknown>
type Setting<Name extends keyof Settings> = NonNullable<Settings[Name]>

/** How each setting is written. A setting without a row does not compile. */
type Writers = {
  readonly [Name in keyof Required<Settings>]: (
    setting: Setting<Name>,
    config: Config,
    writing: Writing,
    settings: Settings,
  ) => void
}

/** A field Gemini has under the same meaning, where the model takes it. */
const plain =
  (field: string, isAccepted: (profile: Profile) => boolean, isDefault?: (value: number) => boolean) =>
  ({ value, pointer }: Sourced<number>, config: Config, { profile, losses }: Writing): void => {
    if (isAccepted(profile)) config[field] = value
    else if (!isDefault?.(value)) losses.declare(pointer, 'unsupported')
  }

const dropped =
  <Value>(isDefault: (value: Value) => boolean = () => false) =>
  ({ value, pointer }: Sourced<Value>, _config: Config, { losses }: Writing): void => {
    if (!isDefault(value)) losses.declare(pointer, 'unsupported')
  }

/** Gemini's range ends here. */
const TEMPERATURE_MAX = 2

const WRITERS: Writers = {
  outputTokensMax: ({ value, pointer }, config, { profile, losses }) => {
    if (value < 1)
      return losses.refuse(pointer, 'This model cannot answer with no tokens at all. Ask for at least one.')
    const max = profile.outputTokensMax ?? value
    if (value > max) losses.declare(pointer, 'clamped')
    config.maxOutputTokens = Math.min(value, max)
  },
  temperature: ({ value, pointer }, config, { profile, losses }) => {
    if (profile.temperature === 'fixed') {
      if (value !== 1) losses.declare(pointer, 'unsupported')
      return
    }
    const max = profile.temperature === 'unit' ? 1 : TEMPERATURE_MAX
    if (value > max) losses.declare(pointer, 'clamped')
    config.temperature = Math.min(value, max)
  },
  topP: ({ value, pointer }, config, { profile, losses }, { temperature }) => {
    const isTaken = profile.topP === 'any' || (profile.topP === 'exclusive' && temperature === undefined)
    if (isTaken) config.topP = value
    else if (value !== 1) losses.declare(pointer, 'unsupported')
  },
  topK: plain('topK', ({ topK }) => topK),
  stop: (setting, config, { profile, losses }) => {
    const stop = stopsToSend(setting, profile, losses)
    if (stop.length > 0) config.stopSequences = stop
  },
  // Written by `choicesToAsk`, which knows who asks.
  choices: () => {},
  seed: plain('seed', ({ seed }) => seed),
  frequencyPenalty: plain(
    'frequencyPenalty',
    ({ penalties }) => penalties,
    (value) => value === 0,
  ),
  presencePenalty: plain(
    'presencePenalty',
    ({ penalties }) => penalties,
    (value) => value === 0,
  ),
  logprobs: ({ value, pointer }, config, { profile, losses }) => {
    if (!profile.logprobs) losses.refuse(pointer, 'This model tells no likelihoods of its tokens. Do not ask for them.')
    config.responseLogprobs = true
    if (value > 0) config.logprobs = value
  },
  reasoning: (reasoning, config, writing, settings) => {
    const thinking = thinkingConfig(reasoning, settings, writing)
    if (thinking) config.thinkingConfig = thinking
  },
  verbosity: dropped(),
  shape: (shape, config, writing) => Object.assign(config, renderShape(shape, writing)),
  user: dropped(),
  // These two do not stand in `generationConfig`: see `renderLabels` and `renderTier`.
  metadata: () => {},
  serviceTier: () => {},
  store: dropped((value) => !value),
  promptCacheKey: dropped(),
  promptCacheRetention: dropped(isKeptBriefly),
  cache: dropped(),
}

/** Everything in `generationConfig`, and the two settings that stand beside it. */
export const renderSettings = (conversation: Conversation, writing: Writing): RenderedSettings => {
  const { settings } = conversation
  const generationConfig: Config = {}
  for (const name of Object.keys(WRITERS) as (keyof Settings)[]) {
    const setting = settings[name]
    if (setting !== undefined) write(name, setting as never, generationConfig, writing, settings)
  }
  const resolution = mediaResolution(conversation, writing)
  if (resolution !== undefined) generationConfig.mediaResolution = resolution
  const serviceTier = renderTier(settings.serviceTier, writing)
  const labels = renderLabels(settings.metadata, writing)
  return { generationConfig, ...(serviceTier && { serviceTier }), ...(labels && { labels }) }
}

const write = <Name extends keyof Settings>(
  name: Name,
  setting: Setting<Name>,
  config: Config,
  writing: Writing,
  settings: Settings,
): void => WRITERS[name](setting, config, writing, settings)

const JSON_TYPE = 'application/json'

const renderShape = ({ value, pointer }: Sourced<AnswerShape>, { profile, losses }: Writing): JsonObject => {
  switch (value.kind) {
    case 'text':
      return {}
    case 'json-object':
      if (profile.structured === 'none') losses.declare(pointer, 'emulated')
      return profile.structured === 'none' ? {} : { responseMimeType: JSON_TYPE }
    case 'json-schema': {
      if (profile.structured !== 'json-schema') {
        losses.declare(pointer, 'emulated')
        return profile.structured === 'none' ? {} : { responseMimeType: JSON_TYPE }
      }
      // A name and a description tell the model something where they exist; here there is no place for them.
      if (value.name !== undefined || value.description !== undefined || value.strict === false)
        losses.declare(pointer, 'approximated')
      const isJson = profile.tools.schemaDialect === 'json-schema'
      const { schema, changed } = isJson ? toGeminiJsonSchema(value.schema) : toOpenApi(value.schema)
      if (changed) losses.declare(pointer, 'simplified')
      const field = isJson ? 'responseJsonSchema' : 'responseSchema'
      return { responseMimeType: JSON_TYPE, ...(schema && { [field]: schema }) }
    }
  }
}

/** The shape that the model can only be asked for. */
export const emulatedShape = (shape: Settings['shape'], { structured }: Profile): JsonShape | undefined => {
  if (!shape || shape.value.kind === 'text' || structured === 'json-schema') return undefined
  return shape.value.kind === 'json-schema' || structured === 'none' ? shape.value : undefined
}

/** What it is asked, at the end of the system prompt. */
export const instructionFor = (shape: JsonShape): JsonObject => ({
  text:
    shape.kind === 'json-schema'
      ? `Answer with JSON alone, and nothing around it. It must fit this schema:\n${writeJson(shape.schema)}`
      : 'Answer with one JSON object alone, and nothing around it.',
})

/** One setting for all media: where they disagree, none is made. */
const mediaResolution = ({ turns }: Conversation, { losses }: Writing): string | undefined => {
  const detailed = turns
    .flatMap(({ blocks }) => blocks)
    .flatMap((block): readonly Block[] => (block.kind === 'tool-result' ? block.content : [block]))
    .filter((block) => block.kind === 'media')
    .filter(({ detail }) => detail !== undefined && detail !== 'auto')
  const [first] = detailed
  if (!first) return undefined
  const isShared = detailed.every(({ detail }) => detail === first.detail)
  for (const { pointer } of detailed) losses.declare(pointer, isShared ? 'approximated' : 'unsupported')
  if (!isShared) return undefined
  return first.detail === 'low' ? 'MEDIA_RESOLUTION_LOW' : 'MEDIA_RESOLUTION_HIGH'
}

const TIERS: Readonly<Record<string, string>> = {
  default: 'standard',
  flex: 'flex',
  priority: 'priority',
  fast: 'priority',
}

const renderTier = (tier: Settings['serviceTier'], { profile, losses }: Writing): string | undefined => {
  if (!tier || tier.value === 'auto') return undefined
  const word = profile.serviceTier ? TIERS[tier.value] : undefined
  if (word === undefined && tier.value !== 'default') losses.declare(tier.pointer, 'unsupported')
  if (word === 'priority' && tier.value !== 'priority') losses.declare(tier.pointer, 'approximated')
  return word
}

/** What Vertex takes as a label. */
const LABEL_NAME = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u

const renderLabels = (metadata: Settings['metadata'], { profile, losses }: Writing): JsonObject | undefined => {
  const entries = Object.entries(metadata?.value ?? {})
  if (!metadata || entries.length === 0) return undefined
  const kept = profile.metadata ? entries.filter(([key, value]) => LABEL_NAME.test(key) && LABEL_VALUE.test(value)) : []
  if (kept.length < entries.length) losses.declare(metadata.pointer, 'unsupported')
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}
