import type { Directed, Envelope } from '../../../canon/envelope.ts'
import type { Operation } from '../../../canon/operation.ts'
import { fault, type GatewayError } from '../../../errors.ts'
import type { Principal } from '../../../keys/types.ts'
import type { SocketKind } from '../../../providers/types.ts'
import { err, ok, type Result } from '../../../result.ts'
import type { Asking } from '../../../routing/choose.ts'
import type { Candidate, Channel } from '../../../routing/types.ts'
import type { Pricing } from '../../admit.ts'
import { onlyAllowed } from '../../allow.ts'
import type { Call } from '../../call.ts'
import { scopeOf } from '../../recall.ts'
import { type Ask, readAsk } from '../ask.ts'
import type { PassDeps } from '../handle.ts'
import type { SessionRuling } from '../rules.ts'

export interface SessionCandidateDeps extends Pick<PassDeps, 'choose'> {
  readonly channels: readonly Channel[]
  readonly isAvailable: (channel: Channel) => boolean
  readonly pricing: Pick<Pricing, 'quote'>
  readonly ruling: SessionRuling
}

/** What a client wants to open: at which provider, if its path names one. */
export interface Wanted {
  readonly kind: SocketKind
  readonly provider: string | undefined
}

type Candidates = Result<readonly Candidate[], GatewayError>

/** Who may open the session, best first. */
export const candidatesFor = (
  deps: SessionCandidateDeps,
  call: Call,
  principal: Principal,
  { kind, provider: name }: Wanted,
): Candidates => {
  const inGroup = deps.channels.filter(
    ({ groups, provider }) =>
      groups.has(principal.group) && (name === undefined || provider.id === name || provider.kind.kind === name),
  )
  const speaking = inGroup.filter((channel) => speaksOver(channel, kind))
  return kind === 'realtime'
    ? candidatesFirst(deps, call, principal, speaking)
    : candidatesForAny(deps, call, principal, inGroup.filter(deps.isAvailable), speaking)
}

/** For a session with one model. */
const candidatesFirst = (
  deps: SessionCandidateDeps,
  call: Call,
  principal: Principal,
  speaking: readonly Channel[],
): Candidates => {
  if (speaking.length === 0) return err(UPGRADE)
  const model = modelAsked(call)
  if (model === '') return err(UNNAMED)
  const directed = deps.ruling.directed(call, principal, model)
  if (!directed.ok) return directed
  const candidates = candidatesAt(deps, call, principal, speaking, model, directed.value)
  const [first] = candidates.ok ? candidates.value : []
  const cost = first && priced(deps, call, principal, first)
  return cost && !cost.ok ? cost : candidates
}

/** Which model is asked for is said later. Where one might be that only POST reaches, POST it is, for all of them. */
const candidatesForAny = (
  deps: SessionCandidateDeps,
  call: Call,
  principal: Principal,
  running: readonly Channel[],
  speaking: readonly Channel[],
): Candidates => {
  const directed = deps.ruling.directed(call, principal, undefined)
  if (!directed.ok) return directed
  const { channels } = directed.value ?? {}
  const open = running.filter(({ id }) => channels?.includes(id) !== false)
  if (open.length === 0 || open.some((channel) => !speaking.includes(channel))) return err(UPGRADE)
  // The rule is named by what is asked for later, which it is looked up for again.
  const ask = askOf(undefined, channels && { rule: undefined, model: undefined, fallbacks: [], channels })
  return deps.choose({ channels: open, isFree: true }, ask, askingOf(call, principal, ask.envelope))
}

/** The model of a Realtime session; empty where none is named. */
export const modelAsked = ({ search }: Call): string => search.get('model') ?? ''

/** Whether sessions of a kind can be opened on a channel. */
export const speaksOver = ({ provider }: Channel, kind: SocketKind): boolean =>
  provider.kind.webSockets?.includes(kind) === true &&
  (kind === 'realtime' || provider.formats.includes('openai-responses'))

/** What is asked with a model, or with none, and nothing else. */
const askOf = (model: string | undefined, directed: Directed | undefined): Ask => {
  const search = new URLSearchParams(model === undefined ? {} : { model })
  const ask = readAsk({ segments: [] }, search, { kind: 'none', bytes: undefined }, model === undefined)
  if (!ask.ok) throw new Error(`what names a model is not readable: ${ask.error.message}`)
  return { ...ask.value, envelope: { ...ask.value.envelope, ...(directed && { directed }) } }
}

const askingOf = ({ operation, request }: Call, principal: Principal, envelope: Envelope): Asking => ({
  group: principal.group,
  operation,
  envelope,
  headers: request.headers,
  scope: scopeOf(principal),
})

const candidatesAt = (
  deps: SessionCandidateDeps,
  call: Call,
  principal: Principal,
  channels: readonly Channel[],
  model: string,
  directed: Directed | undefined,
): Candidates => {
  const ask = askOf(model, directed)
  const chosen = deps.choose({ channels, isFree: false }, ask, askingOf(call, principal, ask.envelope))
  return chosen.ok ? onlyAllowed(principal, chosen.value) : chosen
}

/** Who serves a model on the channel of a session. */
export const candidateAt = (
  deps: SessionCandidateDeps,
  call: Call,
  principal: Principal,
  channel: Channel,
  model: string,
  directed: Directed | undefined,
): Result<Candidate, GatewayError> => {
  if (model === '') return err(UNNAMED)
  const found = candidatesAt(deps, call, principal, [channel], model, directed)
  if (!found.ok) return found
  const [first] = found.value
  return first ? ok(first) : err(UNNAMED)
}

/** Who writes down what is heard, with its price. It is named to the upstream, so that no rule can have another do it. */
export const hearerAt = (
  deps: SessionCandidateDeps,
  call: Call,
  principal: Principal,
  channel: Channel,
  model: string,
): Result<Candidate, GatewayError> => {
  const ruled = deps.ruling.directed(call, principal, model)
  if (!ruled.ok) return ruled
  const directed = ruled.value && { ...ruled.value, model: undefined }
  const found = candidateAt(deps, call, principal, channel, model, directed)
  return found.ok ? priced(deps, call, principal, found.value) : found
}

/** A model that nobody can price is refused before anything is said. */
const priced = (
  deps: SessionCandidateDeps,
  call: Call,
  principal: Principal,
  candidate: Candidate,
): Result<Candidate, GatewayError> => {
  const operation: Operation = { ...call.operation, action: 'generate' }
  const envelope = { ...askOf(undefined, undefined).envelope, refersToStored: true }
  const quote = deps.pricing.quote({ ...call, operation }, envelope, principal, candidate)
  return quote.ok ? ok(candidate) : quote
}

// Codex falls back to POST at once on 426, and gives up on anything else.
export const UPGRADE = fault('upgrade-required', 'WebSocket is not served here. Send the request by POST.')
const UNNAMED = fault('invalid-request', 'Name the model of the session: `?model=gpt-realtime`.', { param: 'model' })
