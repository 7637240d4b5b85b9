import type { Envelope } from '../canon/envelope.ts'
import { createAdmit, type AdmitDeps } from '../gateway/admit.ts'
import type { Call } from '../gateway/call.ts'
import { createDirect, type DirectDeps } from '../gateway/direct.ts'
import { createPassAttempt, type PassAttemptDeps } from '../gateway/pass-through/attempt.ts'
import { choosePassThrough } from '../gateway/pass-through/choose.ts'
import { createPassThrough, type PassDeps, type Place } from '../gateway/pass-through/handle.ts'
import { createPassPricing } from '../gateway/pass-through/pricing.ts'
import { createPassRelay, type PassRelayDeps } from '../gateway/pass-through/relay.ts'
import { createPassDirect, createSessionRuling } from '../gateway/pass-through/rules.ts'
import type { Wanted } from '../gateway/pass-through/sockets/candidates.ts'
import { createSocketOpener, type SocketDeps } from '../gateway/pass-through/sockets/open.ts'
import type { GatewayError } from '../errors.ts'
import type { Principal, Scope } from '../keys/types.ts'
import type { Result, Soon } from '../result.ts'
import { noteOutcome } from '../routing/retry.ts'
import type { Router } from '../routing/router.ts'
import type { Channel } from '../routing/types.ts'
import type { GatewayParts } from './gateway.ts'
import { proxyFor } from './routing.ts'

/** What the hot path has made that a pass-through goes by too. */
export interface PassShared
  extends Pick<PassAttemptDeps, 'sendTo' | 'authorizer' | 'occupy' | 'hangUpOf' | 'nowMs'>,
    Pick<PassDeps, 'abandon' | 'refuse' | 'refuseCounted'>,
    Pick<PassRelayDeps, 'limitHeaders' | 'onDisconnectOf'> {
  readonly authenticate: (call: Call, needs: Scope) => Soon<Result<Principal, GatewayError>>
  readonly router: Router
  readonly groupRules: DirectDeps
  readonly admitDeps: AdmitDeps
}

/** Puts together what opens sessions over WebSocket. */
export const socketsOf = (
  parts: GatewayParts & SocketParts,
  shared: PassShared & Pick<SocketDeps, 'count'>,
): ((call: Call, wanted: Wanted) => Promise<Response>) => {
  const { config, catalogue, isPaused, health } = parts
  const { router, admitDeps, groupRules } = shared
  const { websockets, billing, limits } = config
  const pricing = createPassPricing(admitDeps.pricing)
  const isAvailable = ({ provider }: Channel): boolean => !isPaused(provider.id)
  return createSocketOpener({
    ...shared,
    ...parts,
    pricing,
    isAvailable,
    ruling: createSessionRuling(groupRules),
    direct: createDirect(groupRules),
    choose: choosePassThrough({ resolve: catalogue.resolve, isAvailable, rank: router.rank }),
    admit: createAdmit({ ...admitDeps, pricing }),
    deliveredBytesMax: limits.deliveredBytes,
    proxyFor: ({ baseUrl, proxy }) => proxyFor(baseUrl, proxy, parts.environment),
    walk: (candidates) => router.walk(candidates, NO_ENVELOPE),
    unprobe: ({ candidate, key }) => noteOutcome(health, { candidate, key, failure: 'client-left', startedAtMs: 0 }),
    attemptsMax: config.retry.attempts,
    rules: { ...websockets, frameBytesMax: websockets.frameBytes, bufferBytesMax: websockets.bufferBytes },
    sessionsMax: websockets.sessions,
    drainTimeoutMs: billing.drainTimeoutMs,
    // Well before the money is given back as that of a process that died.
    pledgeMs: billing.holdTimeoutMs / 2,
    depthMax: limits.jsonDepth,
  })
}

/** A session is no conversation that another route could be warm for. */
const NO_ENVELOPE: Envelope = {
  scan: {
    bytes: new Uint8Array(),
    members: new Map(),
    textBytes: 0,
    mediaCount: 0,
    mediaBytes: 0,
    storedReferences: 0,
  },
  model: '',
  stream: true,
  outputTokensLimit: undefined,
  choices: 1,
  includesUsage: true,
  refersToStored: false,
  providers: [],
  fallbacks: [],
}

/** What only sessions need. */
export interface SocketParts extends Pick<SocketDeps, 'openSocket' | 'sessions'> {}

/** Puts together what passes requests through to endpoints that are a provider's own. */
export const passThroughOf = (
  parts: GatewayParts,
  shared: PassShared,
): ((call: Call, place: Place) => Promise<Response>) => {
  const { config, channels, catalogue, isPaused, health } = parts
  const { router, admitDeps, groupRules } = shared
  return createPassThrough({
    ...shared,
    channels,
    direct: createPassDirect(groupRules),
    bodyBytesMax: config.limits.bodyBytes,
    depthMax: config.limits.jsonDepth,
    choose: choosePassThrough({
      resolve: catalogue.resolve,
      isAvailable: ({ provider }) => !isPaused(provider.id),
      rank: router.rank,
    }),
    admit: createAdmit({ ...admitDeps, pricing: createPassPricing(admitDeps.pricing) }),
    attempt: createPassAttempt({
      ...shared,
      walk: router.walk,
      unprobe: ({ candidate, key }) => noteOutcome(health, { candidate, key, failure: 'client-left', startedAtMs: 0 }),
      attemptsMax: config.retry.attempts,
    }),
    relay: createPassRelay({
      ...shared,
      eventBytesMax: config.limits.eventBytes,
      deliveredBytesMax: config.limits.deliveredBytes,
      answerBytesMax: config.limits.answerBytes,
      clientIdleMs: config.streams.clientIdleMs,
      drainTimeoutMs: config.billing.drainTimeoutMs,
      watchdog: parts.watchdog,
      onDefect: parts.onDefect,
    }),
  })
}
