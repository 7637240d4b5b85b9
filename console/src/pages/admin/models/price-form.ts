import type { Schema } from '../../../api/types.ts'
import { typedAmount } from '../../../format/money.ts'
import { timeOfField } from '../../../format/times.ts'
import { type Faults, faultsIn, textOf, textOrNull } from '../../../ui/draft.ts'

type Price = Schema<'Price'>
type NewPrice = Schema<'NewPrice'>

export const TOKEN_PRICES = [
  'input',
  'output',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'input_audio',
  'output_audio',
] as const satisfies readonly (keyof NewPrice)[]

export const FEES = [
  'per_request',
  'per_web_search',
  'per_image',
  'per_input_second',
  'per_output_second',
  'per_million_characters',
  'per_search_unit',
  'per_file_search',
  'per_code_session',
  'per_million_image_input',
  'per_million_image_output',
] as const satisfies readonly (keyof NewPrice)[]

type Amount = (typeof TOKEN_PRICES)[number] | (typeof FEES)[number]
const AMOUNTS: readonly Amount[] = [...TOKEN_PRICES, ...FEES]

/** A price as it stands in a form: text, empty where nothing is said. */
export interface PriceDraft {
  readonly amounts: Readonly<Partial<Record<Amount, string>>>
  /** `tiers` and `service_tiers`, as JSON. */
  readonly tiers: string
  /** As a `datetime-local` field has it; empty: from now. */
  readonly from: string
  readonly reason: string
}

/** Starts from the price there is. */
export const draftOf = (price: Price | undefined): PriceDraft => ({
  amounts: Object.fromEntries(AMOUNTS.map((name) => [name, typedAmount(textOf(price?.[name]))])),
  tiers:
    price?.tiers || price?.service_tiers
      ? JSON.stringify({ tiers: price.tiers, service_tiers: price.service_tiers }, null, 2)
      : '',
  from: '',
  reason: '',
})

export const faultsOf = (draft: PriceDraft): Faults => ({
  ...faultsIn(Object.fromEntries(AMOUNTS.map((name) => [name, ['amount', draft.amounts[name] ?? ''] as const]))),
  ...faultsIn({ input: ['required', draft.amounts.input ?? ''] }),
  ...(tiersOf(draft.tiers) === undefined && { tiers: 'json' as const }),
})

type Body = Readonly<Record<string, unknown>>

const tiersOf = (text: string): Body | undefined => {
  if (text.trim() === '') return {}
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Body) : undefined
  } catch (failure) {
    if (failure instanceof SyntaxError) return undefined
    throw failure
  }
}

/** The whole price, without when and why: what a preview reckons with. */
export const priceOf = (draft: PriceDraft): Body => {
  const said = AMOUNTS.map((name) => [name, textOrNull(draft.amounts[name] ?? '')] as const)
  return { ...Object.fromEntries(said.filter(([, amount]) => amount !== null)), ...tiersOf(draft.tiers) }
}

/** The body that sets it. */
export const newPriceOf = (draft: PriceDraft): Body => ({
  ...priceOf(draft),
  ...(draft.from !== '' && { effective_from: timeOfField(draft.from) }),
  ...(draft.reason.trim() !== '' && { reason: draft.reason.trim() }),
})
