import type { Envelope } from '../canon/envelope.ts'
import type { Model } from '../canon/model.ts'
import type { Multipliers } from '../canon/price.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Admission, TokensUsed } from '../limits/types.ts'
import { isPlausible } from '../metering/plausible.ts'
import { billedTier } from '../metering/service-tier.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate } from '../routing/types.ts'
import type { NanoUsd } from '../units.ts'
import type { Admitted, Call } from './call.ts'
import { type Counting, countRequest, limitReached } from './count.ts'
import type { Refusal } from './handle.ts'
import { headingOf, type Opening, openTab, type Terms } from './tab.ts'

/** What a request can cost at most, and may use. */
export interface Quote {
  readonly amount: NanoUsd
  /** Counted against tokens a minute until the usage is known. */
  readonly inputTokensReserved: number
  readonly outputTokensReserved: number
}

/** Prices for one principal at one moment: the catalogue's, with every multiplier that applies. */
export interface Pricing {
  multipliersOf(principal: Principal, model: Model): Multipliers
  quote(call: Call, envelope: Envelope, principal: Principal, candidate: Candidate): Result<Quote, GatewayError>
  /** `serviceTier`: the vendor's tier that is billed, where that is not the standard one. */
  charge(
    usage: Usage,
    principal: Principal,
    candidate: Candidate,
    atMs: number,
    serviceTier?: string,
    envelope?: Envelope,
  ): NanoUsd
  /** `envelope`: the request, which says whom its tools ask. */
  terms(
    usage: Usage,
    principal: Principal,
    candidate: Candidate,
    atMs: number,
    serviceTier?: string,
    envelope?: Envelope,
  ): Terms
}

export interface AdmitDeps extends Counting {
  readonly pricing: Pricing
  readonly ledger: Ledger
  readonly countTokens: (text: string) => Promise<number>
  readonly holdTimeoutMs: number
  readonly onDefect: (call: Call, error: unknown) => void
  /** Requests let in and not yet settled, by id: what a shutdown waits for. */
  readonly openTabs: Set<string>
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
      const counted = await countRequest(deps, call, principal)
      return err({ error: counted.granted ? quote.error : limitReached(counted), admission: counted })
    }
    const { first, inputTokensReserved: inputTokens, outputTokensReserved: outputTokens } = quote.value
    const admittedAtMs = deps.nowMs()
    const asked = deps.limiter.admit(deps.ceilings.ofAdmitted(call, principal, candidates), {
      id: call.id,
      inputTokens,
      outputTokens,
      nowMs: admittedAtMs,
    })
    const admission = asked instanceof Promise ? await asked : asked
    if (!admission.granted) return err({ error: limitReached(admission), admission })

    const reserved = reservedBy(deps, call, admission)
    const opening = openingOf(call, principal, envelope, quote.value)
    const hold = await holdFor(deps, principal, opening, first, admittedAtMs, reserved)
    if (!hold.ok) return err({ error: hold.error, admission })
    const tabDeps = {
      ledger: deps.ledger,
      tierOf: billedTier,
      isPlausible: (usage: Usage, { model }: Candidate) =>
        isPlausible(usage, { ...envelope.scan, model, choices: envelope.choices }),
      charge: (usage: Usage, candidate: Candidate, tier: string | undefined) =>
        deps.pricing.charge(usage, principal, candidate, opening.atMs, tier, envelope),
      termsOf: (candidate: Candidate, usage: Usage, tier: string | undefined) =>
        deps.pricing.terms(usage, principal, candidate, opening.atMs, tier, envelope),
      countTokens: deps.countTokens,
      correct: reserved.correct,
      onDefect: (error: unknown) => deps.onDefect(call, error),
      onClosed: () => {
        deps.openTabs.delete(call.id)
        reserved.release()
      },
      nowMs: deps.nowMs,
    }
    deps.openTabs.add(call.id)
    const tab = openTab(tabDeps, hold.value, opening, envelope.scan, envelope.demand)
    return ok({ principal, envelope, candidates, admission, tab, reserved: { inputTokens, outputTokens } })
  }

/** Sets aside the most that a request can cost. Where that fails, what it was given of its limits goes back. */
const holdFor = async (
  { ledger, pricing, holdTimeoutMs }: AdmitDeps,
  principal: Principal,
  opening: Opening,
  first: Candidate,
  admittedAtMs: number,
  reserved: Reserved,
): Promise<HoldAnswer> => {
  let held = false
  try {
    const hold = await ledger.hold({
      requestId: opening.requestId,
      userId: principal.userId,
      keyId: principal.keyId,
      budgets: principal.budgets,
      amount: opening.quote,
      atMs: opening.atMs,
      expiresAtMs: admittedAtMs + holdTimeoutMs,
      heading: headingOf(opening, first, pricing.terms(NO_USAGE, principal, first, opening.atMs)),
    })
    held = hold.ok
    return hold
  } finally {
    if (!held) reserved.giveBack()
  }
}

type HoldAnswer = Awaited<ReturnType<Ledger['hold']>>
type Reserved = ReturnType<typeof reservedBy>

/** What a request was given of its limits. A shared limiter is told behind its back. */
const reservedBy = ({ limiter, onDefect }: AdmitDeps, call: Call, { counted }: Admission) => {
  const told = (telling: void | Promise<void>): void => {
    if (telling instanceof Promise) telling.catch((error: unknown) => onDefect(call, error))
  }
  const correct = (used: TokensUsed): void => counted && told(limiter.correct(counted, used))
  const release = (): void => counted && told(limiter.release(counted))
  return {
    correct,
    release,
    /** What was reserved is free again at once: a request that was not sent used nothing. */
    giveBack(): void {
      correct(NO_TOKENS)
      release()
    },
  }
}

const NO_TOKENS: TokensUsed = { inputTokens: 0, outputTokens: 0 }

interface Dearest extends Quote {
  /** Who is asked first. */
  readonly first: Candidate
}

/** The quote covers whichever candidate ends up answering. One without a price refuses the request before it is sent. */
export const dearest = (
  pricing: Pricing,
  call: Call,
  principal: Principal,
  envelope: Envelope,
  candidates: readonly Candidate[],
): Result<Dearest, GatewayError> => {
  const [first] = candidates
  let most: Quote | undefined
  let [inputTokensReserved, outputTokensReserved] = [0, 0]
  for (const candidate of candidates) {
    const quote = pricing.quote(call, envelope, principal, candidate)
    if (!quote.ok) return quote
    if (!most || quote.value.amount > most.amount) most = quote.value
    inputTokensReserved = Math.max(inputTokensReserved, quote.value.inputTokensReserved)
    outputTokensReserved = Math.max(outputTokensReserved, quote.value.outputTokensReserved)
  }
  if (!most || !first) return err(fault('internal', 'A request without candidates was to be quoted.'))
  return ok({ amount: most.amount, inputTokensReserved, outputTokensReserved, first })
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
