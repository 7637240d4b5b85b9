import type { Model } from '../canon/model.ts'
import type { Directed, Envelope } from '../canon/envelope.ts'
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
  /** Puts candidates of one model in order, best first. */
  readonly rank: (candidates: readonly Candidate[], asking: Asking) => readonly Candidate[]
}

/** Who asks for what. */
export interface Asking {
  readonly group: string
  readonly operation: Operation
  readonly envelope: Envelope
  readonly headers: Headers
  /** Whose conversations these are. */
  readonly scope: string
  /** Told of each channel that is left out, for each model that is asked for. */
  readonly leaveOut?: (channel: Channel, model: Model, why: LeftOut) => void
}

/** Why a channel is none of the ways that a request could go. */
export type LeftOut =
  | 'other_group'
  | 'model_not_served'
  | 'other_provider'
  | 'not_in_rule'
  | 'format_not_served'
  | 'no_threads'
  | 'no_keys'
  | 'paused'
  | 'not_allowed'

/** `only`: the provider named before the slash. `written`: as the client wrote it. */
type Named = Resolved & { readonly only: string | undefined; readonly written: string }
type Found = Omit<Named, 'written'>

/**
 * The ways a request could go, best first: the channels of the key's group that offer the model in the client's format
 * or one it can be translated into, by priority, then as the group's strategy has it; those of providers the client
 * prefers before the rest; fallback models after, each in the same order. No way is named twice. Where a rule says who
 * is asked, it is they.
 */
export const createChooser =
  (deps: ChooseDeps) =>
  (asking: Asking): Result<readonly Candidate[], GatewayError> => {
    const { envelope } = asking
    const { directed } = envelope
    const candidates: Candidate[] = []
    let refusal: GatewayError | undefined
    for (const name of [directed?.model ?? envelope.model, ...(directed ?? envelope).fallbacks]) {
      const named = resolveName(deps, name)
      const found = named.ok ? offers(deps, { ...named.value, written: name }, asking) : named
      if (!found.ok) refusal ??= found.error
      else candidates.push(...(directed?.channels ? found.value : preferring(envelope.providers, found.value)))
    }
    if (candidates.length > 0) return ok(withoutRepeats(candidates))
    return err(refusal ?? fault('model-not-found', 'The request names no model.', { param: 'model' }))
  }

/** `provider/model` names one provider, unless the catalogue knows the whole name. */
export const resolveName = (
  deps: Pick<ChooseDeps, 'channels' | 'resolve'>,
  name: string,
): Result<Found, GatewayError> => {
  const whole = deps.resolve(name)
  const slash = name.indexOf('/')
  if (whole.ok) return ok({ ...whole.value, only: undefined })
  // A name that is retired says more as a whole than its end says under a provider.
  if (slash < 1 || whole.error.kind === 'model-retired') return whole
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

/** Why channels are left out, in the order in which that is looked at: the first reason is the one. */
const REASONS: readonly LeftOut[] = [
  'other_group',
  'model_not_served',
  'other_provider',
  'not_in_rule',
  'format_not_served',
  'no_threads',
  'no_keys',
  'paused',
]

const offers = (deps: ChooseDeps, named: Named, asking: Asking): Result<readonly Candidate[], GatewayError> => {
  const { model, written } = named
  const { directed } = asking.envelope
  const candidates: Candidate[] = []
  /** How far the best of those got that are left out. */
  let furthest = 0
  for (const channel of deps.channels) {
    const upstreamFormat = spokenAt(deps, named, asking, channel)
    if (!upstreamFormat.ok) {
      furthest = Math.max(furthest, REASONS.indexOf(upstreamFormat.error))
      asking.leaveOut?.(channel, model, upstreamFormat.error)
      continue
    }
    candidates.push({
      channel,
      model,
      requestedAs: written,
      upstreamModel: channel.modelMap[model.id] ?? named.upstreamName,
      upstreamFormat: upstreamFormat.value,
      why: 'only channel',
    })
  }
  if (candidates.length === 0) return err(refusalOf(deps, named, asking, REASONS[furthest]))
  const ranked = deps.rank(candidates, asking)
  return ok(directed ? inOrderOf(directed, ranked) : ranked)
}

/** The format that a channel is asked in, or why it is not asked. */
const spokenAt = (
  deps: ChooseDeps,
  { model, only }: Named,
  { group, operation, envelope }: Asking,
  channel: Channel,
): Result<UpstreamFormat, LeftOut> => {
  const { provider } = channel
  const inRule = envelope.directed?.channels
  if (!channel.groups.has(group)) return err('other_group')
  if (!servesModel(channel, model)) return err('model_not_served')
  if (only !== undefined && !answersTo(channel, only)) return err('other_provider')
  if (inRule && !inRule.includes(channel.id)) return err('not_in_rule')
  const format = formatFor(channel, model, operation)
  if (format === undefined) return err('format_not_served')
  if (continuesThread(operation.format, envelope) && !keepsThreads(provider, model, operation.format))
    return err('no_threads')
  if (provider.keys.length === 0) return err('no_keys')
  return deps.isPaused(provider.id) ? err('paused') : ok(format)
}

/** What to tell where nobody is left; `furthest`: why the last of them was left out. */
const refusalOf = (
  { channels }: ChooseDeps,
  { model, only, written }: Named,
  { group, operation, envelope }: Asking,
  furthest: LeftOut | undefined,
): GatewayError => {
  switch (furthest) {
    case 'format_not_served': {
      const serving = channels.filter(
        (channel) =>
          channel.groups.has(group) &&
          servesModel(channel, model) &&
          (only === undefined || answersTo(channel, only)) &&
          envelope.directed?.channels?.includes(channel.id) !== false,
      )
      return wrongFormat(written, model, operation.format, serving)
    }
    case 'no_threads':
      return NO_THREADS
    case 'no_keys': {
      const message = `No active API keys for ${written}: its provider has none configured. Ask the operator to add one.`
      return fault('no-active-keys', message, { param: 'model' })
    }
    case 'paused':
      return paused(written)
    default: {
      const rule = envelope.directed?.channels ? ` and its rule ${envelope.directed.rule}` : ''
      const message = `No available channel for model ${written} under group ${group}${rule}. Use a key of a group that serves it, or ask the operator to add a channel; GET /v1/models lists what this key can use.`
      return fault('no-channel', message, { param: 'model' })
    }
  }
}

const keepsThreads = (provider: Provider, model: Model, format: WireFormat): boolean =>
  provider.kind.dialect.acceptsThreads === true && formatsOf(provider, model).some((spoken) => spoken === format)

/** As a rule has them; the receipt says which. */
export const inOrderOf = ({ rule, channels }: Directed, candidates: readonly Candidate[]): readonly Candidate[] => {
  const named = rule === undefined ? candidates : candidates.map((one) => ({ ...one, why: `rule ${rule}; ${one.why}` }))
  return channels ? [...named].sort((a, b) => channels.indexOf(a.channel.id) - channels.indexOf(b.channel.id)) : named
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

const preferring = (providers: readonly string[], candidates: readonly Candidate[]): readonly Candidate[] => {
  if (providers.length === 0) return candidates
  const rank = ({ channel }: Candidate) => {
    const at = providers.findIndex((provider) => answersTo(channel, provider))
    return at === -1 ? providers.length : at
  }
  return [...candidates].sort((a, b) => rank(a) - rank(b))
}

/** Two names of one model lead to the same place: what failed there once is not asked the same again. */
const withoutRepeats = (candidates: readonly Candidate[]): readonly Candidate[] => {
  if (candidates.length === 1) return candidates
  const upstreamModels = new Map<string, Set<string>>()
  return candidates.filter(({ channel, upstreamModel }) => {
    const known = upstreamModels.get(channel.id) ?? new Set()
    upstreamModels.set(channel.id, known)
    const isNew = !known.has(upstreamModel)
    known.add(upstreamModel)
    return isNew
  })
}
