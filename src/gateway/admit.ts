import type { Envelope } from '../canon/envelope.ts'
import type { Prices, Multipliers } from '../canon/price.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Admission, Limiter, LimitRequest } from '../limits/types.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate } from '../routing/types.ts'
import type { NanoUsd } from '../units.ts'
import type { Admitted, Call } from './call.ts'
import type { Refusal } from './handle.ts'
import { headingOf, type Opening, openTab } from './tab.ts'

/** What a request can cost at most, and may use. */
export interface Quote {
  readonly amount: NanoUsd
  /** Counted against tokens a minute until the usage is known. */
  readonly tokensReserved: number
}

/** Prices for one principal at one moment: the catalogue's, with every multiplier that applies. */
export interface Pricing {
  quote(call: Call, envelope: Envelope, principal: Principal, candidate: Candidate): Result<Quote, GatewayError>
  charge(usage: Usage, principal: Principal, candidate: Candidate, atMs: number): NanoUsd
  terms(
    usage: Usage,
    principal: Principal,
    candidate: Candidate,
    atMs: number,
  ): { prices: Prices; multipliers: Multipliers }
}

export interface AdmitDeps {
  readonly pricing: Pricing
  readonly limiter: Limiter
  readonly limitOf: (call: Call, principal: Principal) => Omit<LimitRequest, 'tokens' | 'nowMs'>
  readonly ledger: Ledger
  readonly countTokens: (text: string) => Promise<number>
  readonly holdTimeoutMs: number
  readonly onDefect: (call: Call, error: unknown) => void
  /** Requests let in and not yet settled, by id: what a shutdown waits for. */
  readonly openTabs: Set<string>
  readonly nowMs: () => number
}

/**
 * Lets a request in: counted against its limits, then the most it can cost set aside. A refusal of either leaves
 * nothing behind but the count of the request.
 */
export const createAdmit =
  (deps: AdmitDeps) =>
  async (
    call: Call,
    principal: Principal,
    envelope: Envelope,
    candidates: readonly Candidate[],
  ): Promise<Result<Admitted, Refusal>> => {
    const quote = dearest(deps.pricing, call, principal, envelope, candidates)
    if (!quote.ok) {
      // Refused, but a request all the same.
      const counted = countRequest(deps, call, principal)
      return err({ error: counted.granted ? quote.error : limitReached(counted), admission: counted })
    }
    const admittedAtMs = deps.nowMs()
    const { tokensReserved, first } = quote.value
    const { subject, rpm, burst, tpm } = deps.limitOf(call, principal)
    const limit = { subject, rpm, burst, tpm, tokens: tokensReserved, nowMs: admittedAtMs }
    const admission = deps.limiter.admit(limit)
    if (!admission.granted) return err({ error: limitReached(admission), admission })

    const opening = openingOf(call, principal, envelope, quote.value)
    const hold = await deps.ledger.hold({
      requestId: call.id,
      userId: principal.userId,
      keyId: principal.keyId,
      keyBudget: principal.budget,
      amount: quote.value.amount,
      atMs: opening.atMs,
      expiresAtMs: admittedAtMs + deps.holdTimeoutMs,
      heading: headingOf(opening, first, deps.pricing.terms(NO_USAGE, principal, first, opening.atMs)),
    })
    if (!hold.ok) {
      // What it had reserved is free again at once: a request that was not sent used nothing.
      deps.limiter.correct(limit.subject, admittedAtMs, tokensReserved, 0)
      return err({ error: hold.error, admission })
    }
    const tabDeps = {
      ledger: deps.ledger,
      charge: (usage: Usage, candidate: Candidate) => deps.pricing.charge(usage, principal, candidate, opening.atMs),
      termsOf: (candidate: Candidate, usage: Usage) => deps.pricing.terms(usage, principal, candidate, opening.atMs),
      countTokens: deps.countTokens,
      correct: (usedTokens: number) => deps.limiter.correct(limit.subject, admittedAtMs, tokensReserved, usedTokens),
      onDefect: (error: unknown) => deps.onDefect(call, error),
      onClosed: () => void deps.openTabs.delete(call.id),
      nowMs: deps.nowMs,
    }
    deps.openTabs.add(call.id)
    const tab = openTab(tabDeps, hold.value, opening, envelope.scan)
    return ok({ principal, envelope, candidates, admission, tab })
  }

type Counting = Pick<AdmitDeps, 'limiter' | 'limitOf' | 'nowMs'>

/** Counts a request that uses no tokens: one that is refused, or asks for a list. */
export const countRequest = ({ limiter, limitOf, nowMs }: Counting, call: Call, principal: Principal): Admission =>
  limiter.admit({ ...limitOf(call, principal), tokens: 0, nowMs: nowMs() })

/** A refusal for somebody known, counted as a request; where there have been too many, the limit's refusal instead. */
export const createRefuseCounted =
  (counting: Counting, refuse: (call: Call, error: GatewayError, admission?: Admission) => Response) =>
  (call: Call, principal: Principal, error: GatewayError): Response => {
    const admission = countRequest(counting, call, principal)
    return refuse(call, admission.granted ? error : limitReached(admission), admission)
  }

interface Dearest extends Quote {
  /** Who is asked first. */
  readonly first: Candidate
}

/** The quote covers whichever candidate ends up answering. One without a price refuses the request before it is sent. */
const dearest = (
  pricing: Pricing,
  call: Call,
  principal: Principal,
  envelope: Envelope,
  candidates: readonly Candidate[],
): Result<Dearest, GatewayError> => {
  const [first] = candidates
  let most: Quote | undefined
  for (const candidate of candidates) {
    const quote = pricing.quote(call, envelope, principal, candidate)
    if (!quote.ok) return quote
    if (!most || quote.value.amount > most.amount) most = quote.value
  }
  if (!most || !first) return err(fault('internal', 'A request without candidates was to be quoted.'))
  return ok({ amount: most.amount, tokensReserved: most.tokensReserved, first })
}

/** The refusal of a limit, naming the limit and the wait. */
export const limitReached = (admission: Admission): GatewayError => {
  const state = admission.refusedBy === 'tokens' ? admission.tokens : admission.requests
  const what = admission.refusedBy === 'tokens' ? 'tokens' : 'requests'
  const seconds = Math.max(1, Math.ceil(admission.retryAfterMs / 1_000))
  const message = `The limit of ${state?.limit ?? 0} ${what} a minute is reached. Try again in ${seconds} s.`
  return fault('rate-limit-exceeded', message, { retryAfterMs: admission.retryAfterMs })
}

const openingOf = (call: Call, principal: Principal, envelope: Envelope, quote: Quote): Opening => ({
  requestId: call.id,
  atMs: call.startedAtMs,
  userId: principal.userId,
  keyId: principal.keyId,
  projectId: principal.projectId,
  group: principal.group,
  clientFormat: call.operation.format,
  action: call.operation.action,
  modelRequested: envelope.model,
  stream: envelope.stream,
  quote: quote.amount,
})
