import type { Demand } from '../canon/envelope.ts'
import type { Observation } from '../canon/protocol.ts'
import { type Attempt, type Ended, type Receipt, USAGE_IMPLAUSIBLE } from '../canon/receipt.ts'
import { inputTotal, NO_USAGE, type Usage } from '../canon/usage.ts'
import type { Heading } from '../db/receipt-json.ts'
import type { Hold, Ledger, Settlement } from '../ledger/types.ts'
import type { TokensUsed } from '../limits/types.ts'
import { countEmbedInput, type EmbedBody } from '../metering/embed-input.ts'
import { estimateUsage } from '../metering/estimate.ts'
import { mediaBill } from '../metering/media.ts'
import type { Candidate } from '../routing/types.ts'
import { type NanoUsd, ONE, type PartsPerMillion, tokens, ZERO_USD } from '../units.ts'
import type { Occupied } from './occupy.ts'
import { unbilledUsage } from './provider-usage.ts'

/** Everything a receipt says that is known before the request is sent. */
export type Opening = Pick<
  Receipt,
  | 'requestId'
  | 'atMs'
  | 'userId'
  | 'keyId'
  | 'projectId'
  | 'group'
  | 'clientFormat'
  | 'action'
  | 'modelRequested'
  | 'stream'
  | 'quote'
>

/** The prices one candidate is billed at. */
export type Terms = Pick<Receipt, 'prices' | 'multipliers' | 'serviceTier'>

export interface TabDeps {
  readonly ledger: Pick<Ledger, 'settle' | 'release'>
  /** The tier of service to bill, given what the upstream reports and was sent; `undefined`: the standard one. */
  readonly tierOf: (reported: string | undefined, sent: string | undefined) => string | undefined
  /** Whether what an upstream reports can be true of this request. */
  readonly isPlausible: (usage: Usage, candidate: Candidate) => boolean
  readonly charge: (usage: Usage, candidate: Candidate, tier: string | undefined) => NanoUsd
  readonly termsOf: (candidate: Candidate, usage: Usage, tier: string | undefined) => Terms
  readonly countTokens: (text: string) => Promise<number>
  /** Tells the limiter what the reserved tokens turned out to be. */
  readonly correct: (used: TokensUsed) => void
  readonly onClosed: () => void
  /** Told when a request could not be billed for a defect of ours. */
  readonly onDefect: (error: unknown) => void
  readonly nowMs: () => number
}

/** How a request ended, as the relay saw it. */
export interface Closing {
  readonly candidate: Candidate
  readonly ended: Ended
  readonly status: number
  readonly observation: Observation | undefined
  /** What the client was given, for counting when the upstream told no usage. */
  readonly delivered: () => string
  readonly ttftMs: number | null
}

/**
 * The open account of one request: closed exactly once, by whichever of the answer's end, the client's hang-up and the
 * upstream's failure comes first.
 */
export interface Tab {
  readonly hold: Hold
  readonly attempts: Attempt[]
  /** What a translation lost, as the receipt lists it. */
  readonly warnings: string[]
  sentAtMs: number | undefined
  /** The tier of service that whoever was asked last was asked for. */
  sentTier?: string | undefined
  /** What the request takes of whoever answers it. */
  occupied?: Occupied | undefined
  /** The key of its provider that answers. */
  providerKey?: string | undefined
  close(closing: Closing): Promise<Settlement>
}

/** Opens a tab. `input`: the request, of which is reckoned what nobody counted; `demand`: what else it may use. */
export const openTab = (deps: TabDeps, hold: Hold, opening: Opening, input: EmbedBody, demand?: Demand): Tab => {
  let closed: Promise<Settlement> | undefined
  const tab: Tab = {
    hold,
    attempts: [],
    warnings: [],
    sentAtMs: undefined,
    close(closing) {
      closed ??= settleOrGiveBack(closing)
      return closed
    },
  }
  const tierOf = ({ observation }: Closing, { free }: Bill) =>
    free && !observation?.usage ? undefined : deps.tierOf(observation?.serviceTier, tab.sentTier)
  const receiptOf = (closing: Closing, bill: Bill, outcome: Settlement): Receipt =>
    writeReceipt(deps, opening, tab, { closing, bill, outcome, tier: tierOf(closing, bill) })
  /** What could not be billed for a defect of ours is not charged, and does not stay held. */
  const giveBack = (closing: Closing, error: unknown): never => {
    deps.onDefect(error)
    const failed: Closing = { ...closing, status: 500, ended: 'failed', observation: undefined }
    deps.ledger.release(opening.requestId, receiptOf(failed, { ...NOTHING, source: 'estimated' }, UNCHARGED))
    throw error
  }
  const settle = async (closing: Closing, told: Bill): Promise<Settlement> => {
    const bill = hasOutput(opening.action) ? told : { ...told, usage: withoutOutput(told.usage) }
    const used = countedTokens(bill.usage)
    deps.correct(used)
    tab.occupied?.used(used)
    const cost = bill.free ? ZERO_USD : deps.charge(bill.usage, closing.candidate, tierOf(closing, bill))
    const receipt = (outcome: Settlement): Receipt => receiptOf(closing, bill, outcome)
    if (cost > ZERO_USD || !bill.free) return deps.ledger.settle(opening.requestId, cost, receipt)
    deps.ledger.release(opening.requestId, receipt(UNCHARGED))
    return UNCHARGED
  }
  const settleOrGiveBack = async (told: Closing): Promise<Settlement> => {
    let closing = told
    try {
      closing = believable(deps, told, tab.warnings)
      return await settle(closing, await billOf(deps, opening.action, closing, { input, demand, tier: tab.sentTier }))
    } catch (error) {
      return giveBack(closing, error)
    } finally {
      tab.occupied?.over()
      deps.onClosed()
    }
  }
  return tab
}

/** How a request ended, and what became of that. */
interface Outcome {
  readonly closing: Closing
  readonly bill: Bill
  readonly outcome: Settlement
  readonly tier: string | undefined
}

const writeReceipt = (
  { termsOf, nowMs }: TabDeps,
  opening: Opening,
  tab: Tab,
  { closing, bill, outcome, tier }: Outcome,
): Receipt => {
  const { candidate, observation } = closing
  // Where nothing is billed, the prices are those that the provider itself may bill.
  const priced = bill.free ? (observation?.usage ?? bill.usage) : bill.usage
  const isUnbilled = bill.free && opening.action !== 'count-tokens'
  return {
    ...headingOf(opening, candidate, termsOf(candidate, priced, tier), tab.providerKey),
    requestId: opening.requestId,
    atMs: opening.atMs,
    userId: opening.userId,
    keyId: opening.keyId,
    attempts: tab.attempts,
    status: closing.status,
    ended: closing.ended,
    usage: bill.usage,
    usageSource: bill.source,
    ...(isUnbilled && { providerUsage: unbilledUsage(observation, tab.attempts, tab.sentAtMs !== undefined) }),
    rawUsage: observation?.rawUsage ?? null,
    quote: opening.quote,
    cost: outcome.charged,
    uncollected: outcome.uncollected,
    latencyMs: Math.round(nowMs() - opening.atMs),
    ttftMs: closing.ttftMs,
    overheadMs: Math.round((tab.sentAtMs ?? nowMs()) - opening.atMs),
    warnings: tab.warnings,
  }
}

/** A usage that cannot be true is as none: what was delivered is counted. The receipt keeps what was said, and says why. */
const believable = (deps: TabDeps, closing: Closing, warnings: string[]): Closing => {
  const { observation, candidate } = closing
  const told = observation?.usage ?? (observation?.tools && { ...NO_USAGE, units: observation.tools })
  if (!observation || !told || deps.isPlausible(told, candidate)) return closing
  warnings.push(USAGE_IMPLAUSIBLE)
  return { ...closing, observation: { ...observation, usage: undefined, tools: undefined } }
}

/**
 * What a receipt has in common with others: known before the request is sent, should it go to this candidate. Field by
 * field, here and in the receipt: copies of one object into another cost a request 12 µs of its 160.
 */
export const headingOf = (
  opening: Opening,
  candidate: Candidate,
  terms: Terms,
  providerKey: string | undefined = onlyKeyOf(candidate),
): Heading => ({
  projectId: opening.projectId,
  group: opening.group,
  clientFormat: opening.clientFormat,
  upstreamFormat: candidate.upstreamFormat,
  action: opening.action,
  modelRequested: opening.modelRequested,
  modelServed: candidate.model.id,
  provider: candidate.channel.provider.id,
  channel: candidate.channel.id,
  providerKey,
  stream: opening.stream,
  prices: terms.prices,
  multipliers: terms.multipliers,
  serviceTier: terms.serviceTier,
  providerMultiplier: otherThanOne(candidate.channel.provider.costMultiplier),
})

const otherThanOne = (multiplier: PartsPerMillion): PartsPerMillion | undefined =>
  multiplier === ONE ? undefined : multiplier

/** Where there is no choice the heading is the same before and after. */
const onlyKeyOf = ({ channel: { provider } }: Candidate): string | undefined =>
  provider.keys.length === 1 ? provider.keys[0]?.id : undefined

interface Bill {
  readonly usage: Usage
  readonly source: Receipt['usageSource']
  readonly free: boolean
}

const UNCHARGED: Settlement = { charged: ZERO_USD, uncollected: ZERO_USD }
const NOTHING: Bill = { usage: NO_USAGE, source: 'upstream', free: true }

/** The bill where no counting is needed: nothing was delivered, or the upstream told the usage of a whole answer. */
const knownUsage = (action: string, { ended, observation }: Closing): Bill | undefined => {
  if (ended === 'failed' || ended === 'abandoned') return NOTHING
  // A cut before the first content costs nothing: the client got nothing for it.
  if (!wasReadWhole(ended, observation) && !observation?.contentSeen) return NOTHING
  // Whole, but empty and without a usage: there is nothing to charge for.
  if (action === 'generate' && !observation?.contentSeen && !observation?.usage)
    return { ...NOTHING, source: 'estimated' }
  // A drained stream was read to its end, whoever left early: its usage is the upstream's own.
  if (observation?.usage && observation.terminal) return { usage: observation.usage, source: 'upstream', free: false }
  return undefined
}

/** An answer that was drained is billed as a whole one, though its client had left. */
const wasReadWhole = (ended: Ended, observation: Observation | undefined): boolean =>
  ended === 'whole' || (ended === 'client_cut' && observation?.terminal === true && observation.error === undefined)

/** Bills what was delivered, counted by a tokeniser, on top of what the upstream had told before the end. */
const estimate = async (deps: TabDeps, action: string, closing: Closing, input: EmbedBody): Promise<Bill> => {
  const told = closing.observation?.usage
  const embedded = told || !action.startsWith('embed') ? undefined : await countEmbedInput(input, deps.countTokens)
  const reported = embedded === undefined ? told : { ...NO_USAGE, input: tokens(embedded) }
  const deliveredTokens = await deps.countTokens(closing.delivered())
  const { made, pieces = 0, tools } = closing.observation ?? {}
  const media = { images: made?.images ?? 0, soundBytes: pieces }
  const usage = estimateUsage({ ...input, deliveredTokens, media, tools, reported })
  return { usage, source: 'estimated', free: false }
}

/** What a request was, as far as its bill depends on it. */
interface Asked {
  readonly input: EmbedBody
  readonly demand: Demand | undefined
  readonly tier: string | undefined
}

const billOf = async (
  deps: TabDeps,
  action: string,
  closing: Closing,
  { input, demand, tier }: Asked,
): Promise<Bill> => {
  // Counting tokens is free, and its answer reports no usage.
  const known = action === 'count-tokens' ? NOTHING : knownUsage(action, closing)
  if (!demand || known?.free) return known ?? estimate(deps, action, closing, input)
  return billMedia(deps, closing, demand, deps.termsOf(closing.candidate, closing.observation?.usage ?? NO_USAGE, tier))
}

/** Bills in the measures that the model is sold by, whatever the answer told. */
const billMedia = async (deps: TabDeps, closing: Closing, demand: Demand, { prices }: Terms): Promise<Bill> => {
  const { ended, observation, delivered } = closing
  const textTokens = demand.most.output > 0 ? await deps.countTokens(delivered()) : 0
  const bill = mediaBill(demand, prices, { observation, whole: wasReadWhole(ended, observation), textTokens })
  return { ...bill, free: false }
}

const hasOutput = (action: string): boolean => !action.startsWith('embed') && action !== 'count-tokens'

/** An embedding has no output, whatever an upstream reports: it has no price for any. */
const withoutOutput = (usage: Usage): Usage => ({
  ...usage,
  output: NO_USAGE.output,
  outputAudio: NO_USAGE.outputAudio,
  reasoning: NO_USAGE.reasoning,
})

/** What counts against tokens a minute: all but what a cache gave. */
const countedTokens = (usage: Usage): TokensUsed => ({
  inputTokens: inputTotal(usage) - usage.cacheRead,
  outputTokens: usage.output + usage.outputAudio,
})
