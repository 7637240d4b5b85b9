import { fault, type GatewayError } from '../../../errors.ts'
import type { Principal } from '../../../keys/types.ts'
import type { Result, Soon } from '../../../result.ts'
import type { Candidate } from '../../../routing/types.ts'
import type { Watchdog } from '../../../upstream/watchdog.ts'
import type { Call } from '../../call.ts'
import type { Direct } from '../../direct.ts'
import type { OnDisconnectOf } from '../../disconnect.ts'
import type { Deps } from '../../handle.ts'
import { secretsHiderOf } from '../../provider-secrets.ts'
import {
  candidateAt,
  candidatesFor,
  hearerAt,
  modelAsked,
  type SessionCandidateDeps,
  UPGRADE,
  type Wanted,
} from './candidates.ts'
import { agreedProtocol, connect, type ConnectDeps, keyInProtocols } from './connect.ts'
import type { Dialogue } from './dialogue.ts'
import { Realtime } from './realtime.ts'
import { Responses } from './responses.ts'
import { Session, type SessionRules } from './session.ts'
import { createTurns, type TurnDeps, type Turns } from './turns.ts'

export interface SocketDeps
  extends TurnDeps,
    ConnectDeps,
    SessionCandidateDeps,
    Pick<Deps, 'refuse' | 'refuseCounted'> {
  readonly authenticate: (call: Call, needs: 'generate') => Soon<Result<Principal, GatewayError>>
  /** Counts the opening of a session as a request; the refusal where there were too many. */
  readonly count: (call: Call, principal: Principal) => Promise<GatewayError | undefined>
  /** For what is asked for as it is by POST. */
  readonly direct: Direct
  readonly rules: Omit<SessionRules, 'drainMs'>
  readonly sessionsMax: number
  readonly sessions: Set<{ goAway(): void }>
  readonly onDisconnectOf: OnDisconnectOf
  readonly drainTimeoutMs: number
  readonly pledgeMs: number
  readonly depthMax: number
  readonly watchdog: Watchdog
  readonly onLost: (call: Call, reason: string) => void
  readonly onDefect: (call: Call, error: unknown) => void
}

/** Opens a session over WebSocket: with the upstream first, so that what it refuses is a plain answer. */
export const createSocketOpener =
  (deps: SocketDeps) =>
  async (asked: Call, wanted: Wanted): Promise<Response> => {
    const call = withKey(asked)
    const principal = await deps.authenticate(call, 'generate')
    if (!principal.ok) return deps.refuse(call, principal.error)
    const candidates = candidatesFor(deps, call, principal.value, wanted)
    if (!candidates.ok) return deps.refuseCounted(call, principal.value, candidates.error)
    const tooMany = await deps.count(call, principal.value)
    if (tooMany) return deps.refuse(call, tooMany)
    if (deps.sessions.size >= deps.sessionsMax) return deps.refuse(call, wanted.kind === 'responses' ? UPGRADE : FULL)
    return start(deps, call, principal.value, candidates.value, wanted)
  }

/** The key where every other request has it. */
const withKey = (call: Call): Call => {
  const key = keyInProtocols(call.request)
  if (key === undefined || call.request.headers.has('authorization')) return call
  const headers = new Headers(call.request.headers)
  headers.set('authorization', `Bearer ${key}`)
  return { ...call, request: new Request(call.request, { headers }) }
}

const start = async (
  deps: SocketDeps,
  call: Call,
  principal: Principal,
  candidates: readonly Candidate[],
  { kind }: Wanted,
): Promise<Response> => {
  const early: (() => void)[] = []
  let session: Session | undefined
  // The upstream may speak before it is known whom to tell.
  const ears = {
    message: (message: string | Uint8Array) =>
      session ? session.ears.message(message) : void early.push(() => session?.ears.message(message)),
    closed: (code: number, reason: string) =>
      session ? session.ears.closed(code, reason) : void early.push(() => session?.ears.closed(code, reason)),
  }
  // Whoever is connecting takes a place already.
  const place = { goAway: () => undefined }
  deps.sessions.add(place)
  const connected = await connect(deps, call, candidates, kind, ears).finally(() => deps.sessions.delete(place))
  if (!connected.ok) return deps.refuse(call, kind === 'responses' ? UPGRADE : connected.error)
  const { route, socket } = connected.value
  const { provider } = route.candidate.channel
  const turns = createTurns(deps, call, principal, route)
  const dialogue: Dialogue =
    kind === 'realtime'
      ? realtimeOf(deps, call, principal, route.candidate, turns, (text) => socket.send(text))
      : responsesOf(deps, call, principal, route.candidate, turns)
  const drains = deps.onDisconnectOf(principal) === 'drain'
  const made = new Session(
    {
      rules: { ...deps.rules, drainMs: drains ? deps.drainTimeoutMs : undefined },
      watchdog: deps.watchdog,
      hide: secretsHiderOf(provider),
      onDefect: (error) => deps.onDefect(call, error),
      onOver: () => deps.sessions.delete(made),
    },
    dialogue,
    socket,
  )
  session = made
  deps.sessions.add(made)
  for (const heard of early.splice(0)) heard()
  const protocol = agreedProtocol(call.request)
  const headers = {
    'x-request-id': call.id,
    'x-tollgate-provider': provider.id,
    ...(protocol !== undefined && { 'sec-websocket-protocol': protocol }),
  }
  if (call.upgrade?.(headers, (client) => made.connected(client))) return new Response(null)
  made.goAway()
  return deps.refuse(call, UPGRADE)
}

const realtimeOf = (
  deps: SocketDeps,
  call: Call,
  principal: Principal,
  candidate: Candidate,
  turns: Turns,
  say: (text: string) => void,
): Dialogue => {
  const model = modelAsked(call)
  let events = 0
  return new Realtime({
    turns,
    candidate,
    model,
    say,
    depthMax: deps.depthMax,
    pledgeMs: deps.pledgeMs,
    refusal: () => {
      const ruled = deps.ruling.directed(now(deps, call), principal, model)
      return ruled.ok ? undefined : ruled.error
    },
    hearer: (name) => hearerAt(deps, now(deps, call), principal, candidate.channel, name),
    newId: () => {
      events += 1
      return `${call.id}_${events}`
    },
    onUnpaid: (reason) => deps.onLost(call, reason),
    nowMs: deps.nowMs,
  })
}

const responsesOf = (
  deps: SocketDeps,
  call: Call,
  principal: Principal,
  { channel }: Candidate,
  turns: Turns,
): Dialogue =>
  new Responses({
    turns,
    protocol: call.protocol,
    operation: call.operation,
    direct: (envelope) => deps.direct(now(deps, call), principal, envelope),
    candidateOf: ({ model, directed }) => candidateAt(deps, call, principal, channel, model, directed),
    depthMax: deps.depthMax,
  })

/** The session's call, for what is asked for in it now. */
const now = ({ nowMs }: SocketDeps, call: Call): Call => ({ ...call, startedAtMs: nowMs() })

const FULL = fault('overloaded', 'Too many sessions are open. Try again later.', { retryAfterMs: 30_000 })
