import type { Directed, Envelope } from '../../canon/envelope.ts'
import type { Model } from '../../canon/model.ts'
import { UPSTREAM_FORMATS, type UpstreamFormat } from '../../canon/operation.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { type Asking, inOrderOf, resolveName, servesModel, type Resolved } from '../../routing/choose.ts'
import { allowedBy, methodsOf } from '../../routing/pass-rules.ts'
import type { Candidate, Channel } from '../../routing/types.ts'
import { ONE } from '../../units.ts'
import { type Ask, NO_MODEL } from './ask.ts'
import type { Endpoint } from './endpoint.ts'

export interface PassChooseDeps {
  readonly resolve: (name: string) => Result<Resolved, GatewayError>
  /** Whether anything is to be asked of a channel now. */
  readonly isAvailable: (channel: Channel) => boolean
  /** Puts candidates in order, best first. */
  readonly rank: (candidates: readonly Candidate[], asking: Asking) => readonly Candidate[]
}

/** The channels that an endpoint is open on. */
export interface Open {
  readonly channels: readonly Channel[]
  /** On every one of them: what is free at one account and priced at another is priced. */
  readonly isFree: boolean
}

const answersTo = ({ provider }: Channel, name: string): boolean => provider.id === name || provider.kind.kind === name

/** The channels of a group that are of the provider named, by its id or kind, and open for the endpoint. */
export const openChannels = (
  channels: readonly Channel[],
  group: string,
  name: string,
  { segments }: Endpoint,
  method: string,
): Result<Open, GatewayError> => {
  const named = channels.filter((channel) => channel.groups.has(group) && answersTo(channel, name))
  const allowed = named.map((channel) => ({
    channel,
    ...allowedBy(channel.provider.passThrough ?? [], segments, method),
  }))
  const open = allowed.filter((each) => each.method)
  if (open.length > 0)
    return ok({ channels: open.map(({ channel }) => channel), isFree: open.every(({ free }) => free) })
  if (named.length === 0) return err(fault('not-found', `Provider ${name} is not there for this key's group. ${ASK}`))
  if (!allowed.some(({ path }) => path)) return err(fault('not-found', `${CLOSED} ${ASK}`))
  const methods = new Set(named.flatMap(({ provider }) => methodsOf(provider.passThrough ?? [], segments)))
  return err(fault('method-not-allowed', `This endpoint is open for ${[...methods].join(', ')} alone. ${ASK}`))
}

const ASK = 'The operator opens endpoints with `pass_through` of a provider.'
const CLOSED = "This endpoint of the provider's is not open here."

/** The ways a request could go, best first; where a rule says so, to its model and by its channels, in their order. */
export const choosePassThrough =
  (deps: PassChooseDeps) =>
  (open: Open, { model, isFree, envelope }: Ask, asking: Asking): Result<readonly Candidate[], GatewayError> => {
    const { directed } = envelope
    const written = isFree ? undefined : (directed?.model ?? model)
    const resolved = resolvedAt(deps, open, written, directed)
    if (!resolved.ok) return resolved
    const { model: found, upstreamName, channels } = resolved.value
    const named = channels.filter(({ id }) => directed?.channels?.includes(id) !== false)
    const serving = isFree ? named : named.filter((channel) => servesModel(channel, found))
    if (serving.length === 0) return err(noChannel(written ?? NO_MODEL, asking.group, directed))
    const withKeys = serving.filter(({ provider }) => provider.keys.length > 0)
    if (withKeys.length === 0) return err(NO_KEYS)
    const running = withKeys.filter(deps.isAvailable)
    if (running.length === 0) return err(PAUSED)
    const candidates = running.map((channel) => ({
      channel,
      model: found,
      requestedAs: written ?? NO_MODEL,
      upstreamModel: channel.modelMap[found.id] ?? upstreamName,
      upstreamFormat: formatOf(channel),
      why: 'only channel',
    }))
    const ranked = deps.rank(candidates, asking)
    return ok(directed ? inOrderOf(directed, ranked) : ranked)
  }

/** The model of a name, and the channels that may be asked for it. A rule's may be of one provider: `provider/model`. */
const resolvedAt = (
  { resolve }: PassChooseDeps,
  { channels }: Open,
  name: string | undefined,
  directed: Envelope['directed'],
): Result<Resolved & Pick<Open, 'channels'>, GatewayError> => {
  if (name === undefined) return ok({ ...FREE, channels })
  if (directed?.model === undefined) {
    const found = resolve(name)
    return found.ok ? ok({ ...found.value, channels }) : found
  }
  const found = resolveName({ channels, resolve }, name)
  if (!found.ok) return found
  const { only } = found.value
  return ok({ ...found.value, channels: channels.filter((channel) => only === undefined || answersTo(channel, only)) })
}

const FREE_MODEL: Model = {
  id: NO_MODEL,
  vendor: '',
  type: 'chat',
  displayName: 'Pass-through',
  contextWindow: undefined,
  maxOutputTokens: undefined,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions: [],
}
const FREE: Resolved = { model: FREE_MODEL, upstreamName: '' }

/** Whether a candidate is asked for nothing that is metered. */
export const isFreeOf = ({ model }: Pick<Candidate, 'model'>): boolean => model === FREE_MODEL

/** The format that receipts name: whatever the endpoint is, it is this vendor's. */
const formatOf = ({ provider }: Channel): UpstreamFormat => provider.formats[0] ?? UPSTREAM_FORMATS[0]

const noChannel = (model: string, group: string, directed: Directed | undefined): GatewayError => {
  const isRuled = directed?.model !== undefined || directed?.channels !== undefined
  const rule = isRuled ? ` and its rule ${directed.rule}` : ''
  const message = `No available channel for model ${model} under group ${group}${rule} at this provider. Use another model; GET /v1/models lists what this key can use.`
  return fault('no-channel', message, { param: 'model' })
}
const NO_KEYS = fault('no-active-keys', 'The provider has no key configured. Ask the operator to add one.')
const PAUSED_RETRY_MS = 30_000
const PAUSED = fault('provider-paused', 'The provider is paused. Try again later, or ask the operator to resume it.', {
  retryAfterMs: PAUSED_RETRY_MS,
})
