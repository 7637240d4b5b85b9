import type { Model } from '../canon/model.ts'
import type { Envelope } from '../canon/envelope.ts'
import { CONVERSATION_FORMATS, type Operation, type UpstreamFormat, type WireFormat } from '../canon/operation.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate, Channel, Provider } from './types.ts'

/** A name the client used, found in the catalogue; `upstreamName` is what to call the model upstream. */
export interface Resolved {
  readonly model: Model
  readonly upstreamName: string
}

export interface ChooseDeps {
  readonly channels: readonly Channel[]
  readonly resolve: (name: string) => Result<Resolved, GatewayError>
  /** Whether nothing is to be asked of a provider, by its id. */
  readonly isPaused: (provider: string) => boolean
  /** A number in [0, 1), for drawing by weight. */
  readonly random: () => number
}

/** `only`: the provider named before the slash. `written`: as the client wrote it. */
type Named = Resolved & { readonly only: string | undefined; readonly written: string }
type Found = Omit<Named, 'written'>

/**
 * The ways a request could go, best first: the channels of the key's group that offer the model in the client's format
 * or one it can be translated into, by priority, then drawn by weight; those of providers the client prefers before the rest; fallback models after.
 */
export const createChooser =
  (deps: ChooseDeps) =>
  (group: string, operation: Operation, envelope: Envelope): Result<readonly Candidate[], GatewayError> => {
    const candidates: Candidate[] = []
    let refusal: GatewayError | undefined
    for (const name of [envelope.model, ...envelope.fallbacks]) {
      const named = resolveName(deps, name)
      const found = named.ok ? offers(deps, { ...named.value, written: name }, group, operation, envelope) : named
      if (found.ok) candidates.push(...found.value)
      else refusal ??= found.error
    }
    if (candidates.length > 0) return ok(preferring(envelope.providers, candidates))
    return err(refusal ?? fault('model-not-found', 'The request names no model.', { param: 'model' }))
  }

/** `provider/model` names one provider, unless the catalogue knows the whole name. */
const resolveName = (deps: ChooseDeps, name: string): Result<Found, GatewayError> => {
  const whole = deps.resolve(name)
  const slash = name.indexOf('/')
  if (whole.ok || slash < 1) return whole.ok ? ok({ ...whole.value, only: undefined }) : whole
  const provider = name.slice(0, slash)
  if (!deps.channels.some((channel) => answersTo(channel, provider))) return whole
  const rest = deps.resolve(name.slice(slash + 1))
  return rest.ok ? ok({ ...rest.value, only: provider }) : rest
}

/** Nobody knows when a pause ends. Two or three tries of a client, and it is told to whoever waits. */
const PAUSED_RETRY_MS = 30_000

const paused = (written: string): GatewayError => {
  const message = `Every provider of model ${written} is paused. Try again later, use another model, or ask the operator to resume one.`
  return fault('provider-paused', message, { param: 'model', retryAfterMs: PAUSED_RETRY_MS })
}

const answersTo = (channel: Channel, provider: string): boolean =>
  channel.provider.id === provider || channel.provider.kind.kind === provider

const offers = (
  deps: ChooseDeps,
  named: Named,
  group: string,
  operation: Operation,
  envelope: Envelope,
): Result<readonly Candidate[], GatewayError> => {
  const { model, only, written } = named
  const { format } = operation
  const inGroup = deps.channels.filter(
    (channel) =>
      channel.groups.has(group) && servesModel(channel, model) && (only === undefined || answersTo(channel, only)),
  )
  if (inGroup.length === 0) {
    const message = `No available channel for model ${written} under group ${group}. Use a key of a group that serves it, or ask the operator to add a channel; GET /v1/models lists what this key can use.`
    return err(fault('no-channel', message, { param: 'model' }))
  }
  const speaking = inGroup.filter((channel) => formatFor(channel, model, operation) !== undefined)
  if (speaking.length === 0) return err(wrongFormat(written, model, format, inGroup))
  const able = continuesThread(format, envelope)
    ? speaking.filter(
        ({ provider }) => formatsOf(provider, model).includes(format) && provider.kind.dialect.acceptsThreads,
      )
    : speaking
  if (able.length === 0) return err(NO_THREADS)
  const withKeys = able.filter((channel) => channel.provider.keys.length > 0)
  if (withKeys.length === 0) {
    const message = `No active API keys for ${written}: its provider has none configured. Ask the operator to add one.`
    return err(fault('no-active-keys', message, { param: 'model' }))
  }
  const running = withKeys.filter(({ provider }) => !deps.isPaused(provider.id))
  if (running.length === 0) return err(paused(written))
  const ordered = byPriorityThenWeight(running, deps.random)
  return ok(
    ordered.map((channel) => ({
      channel,
      model,
      requestedAs: written,
      upstreamModel: channel.modelMap[model.id] ?? named.upstreamName,
      upstreamFormat: formatFor(channel, model, operation) ?? format,
    })),
  )
}

/**
 * The format a channel is spoken to in: the client's own where its provider has it, so that nothing needs translating;
 * else the best of the provider's that the request can be translated into. `undefined`: there is none.
 */
const formatFor = ({ provider }: Channel, model: Model, { format, action }: Operation): UpstreamFormat | undefined => {
  const formats = formatsOf(provider, model)
  if (formats.includes(format)) return format
  if (action === 'embed' || action === 'embed-batch') return formats.find((spoken) => EMBEDDINGS.has(spoken))
  const isConversation = CONVERSATION_FORMATS.has(format) || format === 'openai-completions'
  return isConversation ? formats.find((spoken) => CONVERSATION_FORMATS.has(spoken)) : undefined
}

const formatsOf = ({ formats, formatsByVendor = {} }: Provider, { vendor }: Model): readonly UpstreamFormat[] =>
  (Object.hasOwn(formatsByVendor, vendor) ? formatsByVendor[vendor] : undefined) ?? formats

const EMBEDDINGS: ReadonlySet<UpstreamFormat> = new Set(['openai-embeddings', 'gemini'])

const continuesThread = (format: WireFormat, { scan }: Envelope): boolean =>
  format === 'anthropic-messages' && scan.members.has('thread')

// The SDK that sends threads answers exactly this refusal by sending the whole history instead.
const NO_THREADS = fault(
  'thread-unsupported',
  'This model is served without message threads. Send the whole history.',
  {
    param: 'thread',
  },
)

/** Whether a channel offers a model: by its own list, or as one of the vendors its provider's kind carries. */
export const servesModel = (channel: Channel, model: Model): boolean => {
  if (channel.models) return channel.models.has(model.id)
  const { vendors } = channel.provider.kind
  return vendors.length === 0 || vendors.includes(model.vendor)
}

const wrongFormat = (written: string, model: Model, format: WireFormat, channels: readonly Channel[]): GatewayError => {
  const spoken = [...new Set(channels.flatMap((channel) => formatsOf(channel.provider, model)))].join(', ')
  const message = `Model ${written} is not served in the ${format} format. Send the request in one of: ${spoken}.`
  return fault('unsupported-format', message, { param: 'model' })
}

/** Highest priority first; within one priority each place is drawn with a chance proportional to weight. */
const byPriorityThenWeight = (channels: readonly Channel[], random: () => number): readonly Channel[] => {
  if (channels.length === 1) return channels
  const keyed = channels.map((channel) => ({
    channel,
    // Efraimidis and Spirakis: sorting by u^(1/w) is a weighted draw without replacement.
    draw: channel.weight > 0 ? random() ** (1 / channel.weight) : -1,
  }))
  return keyed.sort((a, b) => b.channel.priority - a.channel.priority || b.draw - a.draw).map(({ channel }) => channel)
}

const preferring = (providers: readonly string[], candidates: readonly Candidate[]): readonly Candidate[] => {
  if (providers.length === 0) return candidates
  const rank = ({ channel }: Candidate) => {
    const at = providers.findIndex((provider) => answersTo(channel, provider))
    return at === -1 ? providers.length : at
  }
  return [...candidates].sort((a, b) => rank(a) - rank(b))
}
