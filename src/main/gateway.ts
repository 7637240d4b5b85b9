import type { Operation } from '../canon/operation.ts'
import type { PriceVersion } from '../canon/price.ts'
import type { Profile } from '../canon/profile.ts'
import type { Capture } from '../capture/capture.ts'
import type { Config } from '../config/load.ts'
import type { Environment } from '../config/substitute.ts'
import type { Store } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import { createAdmit } from '../gateway/admit.ts'
import { createRefuse } from '../gateway/answer.ts'
import { createAttempt } from '../gateway/attempt.ts'
import type { Call } from '../gateway/call.ts'
import { capturedSteps, withRecordings } from '../gateway/capturing.ts'
import { type Ceilings, createCeilings } from '../gateway/ceilings.ts'
import { countRequest, createRefuseCounted, limitReached } from '../gateway/count.ts'
import { createHangUp, onDisconnectBy } from '../gateway/disconnect.ts'
import { createHandle } from '../gateway/handle.ts'
import { createKeep } from '../gateway/keep.ts'
import { createLanes } from '../gateway/lane.ts'
import { createPricing } from '../gateway/pricing.ts'
import type { createReader } from '../gateway/read.ts'
import { createOccupy } from '../gateway/occupy.ts'
import { createReplay } from '../gateway/replay.ts'
import { createAbandon, createRelay } from '../gateway/relay.ts'
import type { Entered } from '../http/endpoint.ts'
import { foreignPage } from '../http/local-origin.ts'
import { rateLimitHeaders } from '../http/rate-limit-headers.ts'
import { limitedAddress } from '../http/client-ip.ts'
import type { Authenticator } from '../keys/authenticate.ts'
import { readCredential } from '../keys/credentials.ts'
import { mayDo } from '../keys/principal.ts'
import type { Principal, Scope } from '../keys/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Ceiling, CeilingLimiter } from '../limits/types.ts'
import type { MemoryCeilingLimiter } from '../limits/memory.ts'
import { batchPrices } from '../metering/batch-tier.ts'
import { CODECS, UPSTREAM_CODECS } from '../protocols/codecs.ts'
import { UPSTREAM_PROTOCOLS } from '../protocols/index.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { IMAGE_TOOL_MODEL } from '../providers/image-tool.ts'
import { profileOf } from '../providers/profiles.ts'
import { err, ok, type Result, type Soon } from '../result.ts'
import type { Failure } from '../routing/retry.ts'
import { createRouter } from '../routing/router.ts'
import { createTurns } from '../routing/turns.ts'
import type { Candidate, Channel } from '../routing/types.ts'
import { createCarriers } from '../translation/carriers.ts'
import type { TokenCounter } from '../runtime/tokenizer.ts'
import { endOfTurn } from '../runtime/turn.ts'
import { ONE, partsPerMillion } from '../units.ts'
import { createAuthorizer } from '../upstream/credentials.ts'
import type { OpenExchange } from '../upstream/exchange.ts'
import type { Watchdog } from '../upstream/watchdog.ts'
import { askingOf } from './asking.ts'
import { storedOf, type StoredParts } from './batches.ts'
import type { Commands } from './commands.ts'
import { modelLimitsOf } from './limiters.ts'
import { passThroughOf, type SocketParts, socketsOf } from './pass-through.ts'
import { sendsOf } from './routing.ts'
import type { Steering } from './steering.ts'

export interface GatewayParts extends SocketParts, StoredParts, Steering {
  readonly config: Config
  readonly authenticator: Authenticator
  /** Whose traffic it is where no key is asked for; `undefined` when one is. */
  readonly local: Principal | undefined
  readonly catalogue: Catalogue
  readonly channels: readonly Channel[]
  /** Whether nothing is to be asked of a provider. */
  readonly isPaused: (providerId: string) => boolean
  readonly ledger: Ledger
  /** Answers of the Responses API, kept to be gone on from. */
  readonly responses: Store['responses']
  /** What budgets have spent. */
  readonly spends: Store['spends']
  /** Reasoning state for clients that lose it. */
  readonly reasoning: Store['reasoning']
  readonly keyLimiter: CeilingLimiter
  readonly addressLimiter: MemoryCeilingLimiter
  readonly watchdog: Watchdog
  readonly open: OpenExchange
  readonly environment: Environment
  readonly commands: Pick<Commands, 'fetch'>
  readonly tokenCounter: TokenCounter
  /** Seals reasoning state on its way through a client; the same for every replica. */
  readonly carrierSecret: Uint8Array
  readonly openTabs: Set<string>
  readonly note: (call: Call, error: GatewayError) => void
  /** Told of request bodies, where the operator asked for them in the log. */
  readonly noteBody: ((call: Call, body: Uint8Array) => void) | undefined
  /** What a client may need later was not kept. */
  readonly onLost: (call: Call, reason: string) => void
  /** A try of a provider failed. */
  readonly onFailure?: (provider: string, failure: Failure) => void
  /** An invariant broke. */
  readonly onDefect: (call: Call, error: unknown) => void
  /** Keeps what requests and answers say; `undefined`: nothing is kept. */
  readonly capture: Capture | undefined
}

/** Puts the hot path together. */
export const createGateway = (parts: GatewayParts) => {
  const { config, watchdog, ledger } = parts
  const nowMs = Date.now
  const limitHeaders: Parameters<typeof createRefuse>[0] = (admission, format) =>
    rateLimitHeaders(admission, format, nowMs())
  const refuse = createRefuse(limitHeaders, parts.note)
  const authenticate = createIdentify(parts)
  const router = routerOf(parts)
  const asking = askingOf(parts, router)
  const pricing = pricingOf(parts)
  const relay = createRelay({
    ...relayRulesOf(config),
    onDefect: parts.onDefect,
    watchdog,
    keep: keepOf(parts),
    limitHeaders,
    refuse,
    endOfTurn,
    nowMs,
  })
  const sendTo = sendsOf({ ...parts, retriesUntouched: config.retry.onUntouched })
  const limiter = parts.local ? parts.addressLimiter : parts.keyLimiter
  const counting = { limiter, ceilings: ceilingsOf(parts), nowMs }
  const admitDeps = {
    ...counting,
    pricing,
    ledger,
    countTokens: (text: string) => parts.tokenCounter.count(text),
    holdTimeoutMs: config.billing.holdTimeoutMs,
    openTabs: parts.openTabs,
    onDefect: parts.onDefect,
  }
  const sending = {
    sendTo,
    occupy: createOccupy({ limiter: parts.keyLimiter, onDefect: parts.onDefect, nowMs }),
    authorizer: createAuthorizer({ sendTo, nowMs }),
    hangUpOf: hangUpOf(parts),
    nowMs,
  }
  const refusing = { abandon: createAbandon(refuse), refuse, refuseCounted: createRefuseCounted(counting, refuse) }
  const lanes = lanesOf(parts)
  const steps = {
    authenticate: (call: Call) => authenticate(call, call.operation.action),
    ...asking.steps,
    read: noting(parts.noteBody, asking.steps.read),
    admit: createAdmit(admitDeps),
    attempt: createAttempt({ ...sending, ...attemptRulesOf(parts), router, lanes }),
    relay,
    ...refusing,
  }
  const { capture } = parts
  const handle = capture ? withRecordings(capture, createHandle(capturedSteps(steps))) : createHandle(steps)
  const explain = asking.explainWith({ lanes, pricing, counting })
  const passing = {
    ...{ ...sending, ...refusing, authenticate, router, admitDeps, limitHeaders, groupRules: asking.rules },
    onDisconnectOf: onDisconnectIn(config),
    count: refusingBy(counting),
  }
  const passThrough = passThroughOf(parts, passing)
  const stored = storedOf(parts, { ...asking.steps, ...sending, router, pricing: batchPricingOf(parts) })
  const openSession = socketsOf(parts, passing)
  const enter = async (call: Call, needs: Scope | undefined): Promise<Result<Entered, Response>> => {
    const principal = await authenticate(call, needs)
    if (!principal.ok) return err(refuse(call, principal.error))
    const admission = await countRequest(counting, call, principal.value)
    if (!admission.granted) return err(refuse(call, limitReached(admission), admission))
    return ok({ principal: principal.value, headers: limitHeaders(admission, call.operation.format), admission })
  }
  return { handle, passThrough, stored, openSession, enter, explain, refuse, multipliersOf: pricing.multipliersOf }
}

/** Counts a request, and says why it is refused where it is. */
const refusingBy = (counting: Parameters<typeof countRequest>[0]) => async (call: Call, principal: Principal) => {
  const admission = await countRequest(counting, call, principal)
  return admission.granted ? undefined : limitReached(admission)
}

/** How often and how long a request is tried. */
const attemptRulesOf = ({ config, health, load, watchdog, onFailure }: GatewayParts) => ({
  ...{ health, load, watchdog, onFailure },
  peekMs: config.streams.peekMs,
  eventBytesMax: config.limits.eventBytes,
  answerBytesMax: config.limits.answerBytes,
  attemptsMax: config.retry.attempts,
  retryTotalMs: config.retry.totalMs,
  hedgeAfterMs: (group: string) => config.groups.get(group)?.hedgeAfterMs ?? undefined,
})

/** Where requests go. */
const routerOf = ({ config, catalogue, health, load, affinity }: GatewayParts) =>
  createRouter({
    strategyOf: (group) => config.groups.get(group)?.strategy ?? 'weighted',
    health,
    load,
    affinity,
    turns: createTurns(),
    costOf: (candidate) => typicalCost(catalogue.priceAt(candidate.model, Date.now()), candidate),
    random: Math.random,
  })

/** Of most traffic, three tokens in four are read. */
const INPUT_PARTS = 3n

/** What a provider is paid for typical traffic: comparable, and no amount. */
const typicalCost = (version: PriceVersion | undefined, { channel }: Candidate): bigint | undefined => {
  if (!version) return undefined
  const { input, output = 0n } = version.prices
  return ((input * INPUT_PARTS + output) * channel.provider.costMultiplier) / ONE
}

/** What a hang-up costs whoever asks. */
const onDisconnectIn = ({ billing, plans }: Pick<Config, 'billing' | 'plans'>) =>
  onDisconnectBy({ general: billing.onDisconnect, plans })

const hangUpOf = ({ config, watchdog }: GatewayParts) =>
  createHangUp({
    onDisconnectOf: onDisconnectIn(config),
    drainTimeoutMs: config.billing.drainTimeoutMs,
    watchdog,
  })

/** How requests are made ready for upstreams: as they came, or translated. */
const lanesOf = (parts: GatewayParts) => {
  const { config, carrierSecret, tokenCounter } = parts
  return createLanes({
    protocols: UPSTREAM_PROTOCOLS,
    codecs: CODECS,
    upstreamCodecs: UPSTREAM_CODECS,
    profileOf: profileAt,
    carriers: createCarriers(carrierSecret),
    countTokens: (text) => tokenCounter.count(text),
    replay: replayOf(parts),
    breakpointsOf: breakpointsOf(config),
    eventBytesMax: config.limits.eventBytes,
    depthMax: config.limits.jsonDepth,
  })
}

const profileAt = ({ channel, model, upstreamModel, upstreamFormat }: Candidate): Profile =>
  profileOf({ kind: channel.provider.kind, model, upstreamModel, format: upstreamFormat })

/** How prompts of a group are marked for the vendor's cache, where their clients cannot. */
const breakpointsOf =
  ({ groups }: Config) =>
  (group: string): { readonly ttl: '5m' | '1h' | undefined } | undefined => {
    const { cacheBreakpoints, cacheTtl } = groups.get(group) ?? {}
    return cacheBreakpoints ? { ttl: cacheTtl ?? undefined } : undefined
  }

const replayOf = ({ config, reasoning, onLost }: GatewayParts) =>
  createReplay({
    reasoning,
    enabled: config.reasoning.keep,
    retentionMs: config.reasoning.retentionDays * DAY_MS,
    bytesMax: config.reasoning.bytesMax,
    onLost,
    nowMs: Date.now,
  })

/** At the prices of batches. */
const batchPricingOf = (parts: GatewayParts) =>
  pricingOf(parts, (model, atMs) => {
    const version = parts.catalogue.priceAt(model, atMs)
    return version && batchPrices(version).version
  })

const pricingOf = ({ config, catalogue }: GatewayParts, priceAt = catalogue.priceAt) =>
  createPricing({
    priceAt,
    marksForAnHour: (group) => breakpointsOf(config)(group)?.ttl === '1h',
    groupMultiplier: (group) => config.groups.get(group)?.multiplier ?? ONE,
    planDiscount: (plan) => (plan === null ? undefined : config.plans.get(plan)?.discount) ?? partsPerMillion(0n),
    imageModel: (name) => modelOf(catalogue, name ?? IMAGE_TOOL_MODEL),
    sendsTier: (candidate) => profileAt(candidate).serviceTier,
  })

const modelOf = (catalogue: Catalogue, name: string) => {
  const found = catalogue.resolve(name)
  return found.ok ? found.value.model : undefined
}

const relayRulesOf = ({ limits, streams, billing, plans }: Config) => ({
  eventBytesMax: limits.eventBytes,
  deliveredBytesMax: limits.deliveredBytes,
  answerBytesMax: limits.answerBytes,
  keepAliveMs: streams.keepAliveMs,
  clientIdleMs: streams.clientIdleMs,
  drainTimeoutMs: billing.drainTimeoutMs,
  onDisconnectOf: onDisconnectIn({ billing, plans }),
})

const DAY_MS = 86_400_000

const keepOf = ({ config, responses, onLost }: GatewayParts) =>
  createKeep({
    responses,
    enabled: config.responses.store,
    retentionMs: config.responses.retentionDays * DAY_MS,
    bytesMax: config.responses.bytesMax,
    onLost,
    nowMs: Date.now,
  })

type Read = ReturnType<typeof createReader>

const noting = (note: GatewayParts['noteBody'], read: Read): Read => {
  if (!note) return read
  return async (call) => {
    const envelope = await read(call)
    if (envelope.ok) note(call, envelope.value.scan.bytes)
    return envelope
  }
}

/** Who is asking, and whether they may do this at all. Whoever fails to say so is counted against their address. */
const createIdentify =
  (parts: GatewayParts) =>
  (call: Call, needs: Operation['action'] | Scope | undefined): Soon<Result<Principal, GatewayError>> => {
    if (parts.local) {
      const page = foreignPage(call.request.headers, parts.config.publicUrl)
      return page ? err(page) : ok(parts.local)
    }
    const credential = readCredential(call.request.headers, call.search)
    if (!credential.ok) return err(admitStranger(parts, call.ip()) ?? credential.error)
    const judge = (principal: Result<Principal, GatewayError>): Result<Principal, GatewayError> => {
      // That a key could not be checked is not the fault of whoever sent it.
      if (!principal.ok && principal.error.kind === 'overloaded') return principal
      if (!principal.ok) return err(admitStranger(parts, call.ip()) ?? principal.error)
      if (needs === undefined) return principal
      const allowed = mayDo(principal.value, needs)
      return allowed.ok ? principal : allowed
    }
    const principal = parts.authenticator.authenticate(credential.value, call.ip)
    return principal instanceof Promise ? principal.then(judge) : judge(principal)
  }

/** Counts traffic nobody vouches for against its address; the refusal when there has been too much of it. */
export const admitStranger = (
  { config, addressLimiter }: Pick<GatewayParts, 'config' | 'addressLimiter'>,
  ip: string,
): GatewayError | undefined => {
  const none = { id: '', inputTokens: 0, outputTokens: 0, nowMs: Date.now() }
  const admission = addressLimiter.admit([addressCeiling(config, ip)], none)
  if (admission.granted) return undefined
  const message = 'Too many requests without a valid key from your address. Check the key, then try again.'
  return fault('rate-limit-exceeded', message, { retryAfterMs: admission.retryAfterMs })
}

const addressCeiling = ({ limits }: Config, ip: string): Ceiling => ({
  ...limits.perIp,
  subject: `ip:${limitedAddress(ip)}`,
})

/** Keys are limited by key; local mode has one principal for everyone, so there it is by address. */
const ceilingsOf = ({ local, config, catalogue }: GatewayParts): Ceilings =>
  createCeilings({
    perUser: config.limits.perUser,
    perProject: config.limits.perProject,
    groups: new Map([...config.groups].map(([id, { limits }]) => [id, limits])),
    models: modelLimitsOf(config, catalogue).byId,
    addressOf: local && ((call) => addressCeiling(config, call.ip())),
  })

export type Gateway = ReturnType<typeof createGateway>
