import { dayOf } from '../counters/daily.ts'
import type { AlertFinding, OutcomeFilter, PauseRecord, UsageFilter } from '../db/types.ts'
import { formatUsd, type NanoUsd } from '../units.ts'
import type { Condition } from './conditions.ts'

/** What rules look at. Whatever throws is tried again at the next turn. */
export interface Sight {
  readonly pauses: () => Promise<readonly PauseRecord[]>
  /** Providers of which every key or every channel is left alone, and why, as this replica knows it. */
  readonly unhealthy: () => readonly { readonly provider: string; readonly reason: string }[]
  readonly outcomes: (filter: OutcomeFilter) => Promise<{ readonly requests: number; readonly broken: number }>
  /** What a user has available; `undefined`: there is no such user. */
  readonly available: (userId: string) => Promise<NanoUsd | undefined>
  readonly spent: (filter: UsageFilter) => Promise<{ readonly charged: bigint; readonly providerCost: bigint }>
  /** What does not add up, as of the last time it was looked at. */
  readonly ledgerFaults: () => Promise<readonly string[]>
}

/** For people, who know no ids: which administrator it was is in the audit log. */
const whoOf = (actor: string): string =>
  actor === 'admin_key' ? 'the operator' : actor.startsWith('person_') ? 'an administrator' : actor

/** What is wrong now by a condition, one finding for each subject; none: all is well. */
export const evaluate = async (condition: Condition, sight: Sight, nowMs: number): Promise<readonly AlertFinding[]> => {
  switch (condition.kind) {
    case 'provider_paused':
      return (await sight.pauses())
        .filter(({ providerId }) => condition.provider === undefined || providerId === condition.provider)
        .map(({ providerId, by, reason }) =>
          finding(
            providerId,
            `Provider ${providerId} is paused by ${whoOf(by)}${reason === null ? '' : `: ${reason}`}.`,
          ),
        )
    case 'provider_unhealthy':
      return sight
        .unhealthy()
        .filter(({ provider }) => condition.provider === undefined || provider === condition.provider)
        .map(({ provider, reason }) =>
          finding(provider, `Nothing of provider ${provider} can be asked: ${reason}.`, reason),
        )
    case 'error_rate':
      return errorRate(condition, sight, nowMs)
    case 'balance_low':
      return balanceLow(condition, sight)
    case 'spend_above':
      return spendAbove(condition, sight, nowMs)
    case 'ledger_fault': {
      const faults = await sight.ledgerFaults()
      const summary = `The books do not add up: ${faults.slice(0, 3).join('; ')}.`
      return faults.length === 0 ? [] : [finding('', summary, String(faults.length), '0')]
    }
  }
}

const finding = (
  subject: string,
  summary: string,
  value: string | null = null,
  threshold: string | null = null,
): AlertFinding => ({ subject, summary, value, threshold })

type Of<Kind extends Condition['kind']> = Extract<Condition, { kind: Kind }>

const errorRate = async (
  { percent, windowMs, requestsMin, provider, model }: Of<'error_rate'>,
  sight: Sight,
  nowMs: number,
): Promise<readonly AlertFinding[]> => {
  const { requests, broken } = await sight.outcomes({ sinceMs: nowMs - windowMs, provider, model })
  // In whole numbers: a share that equals the threshold reaches it.
  if (requests === 0 || requests < requestsMin || broken * 100 < percent * requests) return []
  const [share, minutes] = [((broken * 100) / requests).toFixed(1), Math.round(windowMs / 60_000)]
  const of = nameOf({ provider, model })
  const summary = `${broken} of ${requests} requests${of} failed in the last ${minutes} minutes: ${share} %.`
  return [finding(provider ?? model ?? '', summary, share, String(percent))]
}

const balanceLow = async ({ userId, amount }: Of<'balance_low'>, sight: Sight): Promise<readonly AlertFinding[]> => {
  const available = await sight.available(userId)
  if (available === undefined || available >= amount) return []
  const summary = `User ${userId} has ${formatUsd(available)} USD available, less than ${formatUsd(amount)} USD.`
  return [finding(userId, summary, formatUsd(available), formatUsd(amount))]
}

const spendAbove = async (
  { amount, of, ...narrowed }: Of<'spend_above'>,
  sight: Sight,
  nowMs: number,
): Promise<readonly AlertFinding[]> => {
  const { userId, provider, model } = narrowed
  const day = dayOf(nowMs)
  const spent = await sight.spent({ since: day, until: day, userId, provider, model })
  const sum = of === 'charged' ? spent.charged : spent.providerCost
  if (sum <= amount) return []
  const what = of === 'charged' ? 'Charged' : 'Cost at providers'
  const summary = `${what}${nameOf(narrowed)} on ${day} (UTC): ${formatUsd(sum)} USD, above ${formatUsd(amount)} USD.`
  return [finding(userId ?? provider ?? model ?? '', summary, formatUsd(sum), formatUsd(amount))]
}

const nameOf = ({
  userId,
  provider,
  model,
}: {
  readonly userId?: string | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
}): string => {
  const parts = [userId && `user ${userId}`, provider && `provider ${provider}`, model && `model ${model}`]
  const named = parts.filter((part) => part)
  return named.length === 0 ? '' : ` of ${named.join(', ')}`
}
