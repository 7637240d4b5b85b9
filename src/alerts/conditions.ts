import { type NanoUsd, nanoUsd } from '../units.ts'

/** What operators can be told of. */
export const ALERT_KINDS = [
  'provider_paused',
  'provider_unhealthy',
  'error_rate',
  'balance_low',
  'spend_above',
  'ledger_fault',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** What is spent: what accounts were charged, or what providers should bill. */
export const SPENT = ['charged', 'provider_cost'] as const
export type Spent = (typeof SPENT)[number]

/** When a rule fires. What is left out is not narrowed. */
export type Condition =
  | { readonly kind: 'provider_paused' | 'provider_unhealthy'; readonly provider?: string | undefined }
  | {
      readonly kind: 'error_rate'
      /** From 1 to 100: of the requests of the window, those that came to no whole answer through no fault of their client. */
      readonly percent: number
      readonly windowMs: number
      /** With fewer requests nothing is said: one of two is no rate. */
      readonly requestsMin: number
      readonly provider?: string | undefined
      readonly model?: string | undefined
    }
  | { readonly kind: 'balance_low'; readonly userId: string; readonly amount: NanoUsd }
  | {
      readonly kind: 'spend_above'
      /** In a day, in UTC. */
      readonly amount: NanoUsd
      readonly of: Spent
      readonly userId?: string | undefined
      readonly provider?: string | undefined
      readonly model?: string | undefined
    }
  | { readonly kind: 'ledger_fault' }

/** As it is stored: JSON, amounts as decimal strings of nano-dollars. */
export const writeCondition = ({ kind: _, ...fields }: Condition): string =>
  JSON.stringify(fields, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))

/** Reads what `writeCondition` wrote. `undefined`: written by a version that knows kinds that this one does not. */
export const readCondition = (kind: string, text: string): Condition | undefined => {
  const known = ALERT_KINDS.find((name) => name === kind)
  if (!known) return undefined
  const { amount, ...fields } = JSON.parse(text) as { readonly amount?: string }
  return { kind: known, ...fields, ...(amount !== undefined && { amount: nanoUsd(BigInt(amount)) }) } as Condition
}
