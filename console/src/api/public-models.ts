import { useMemo } from 'react'
import { nanoOf } from '../format/money.ts'
import { useApi } from './hooks.ts'

/** Prices as decimal strings: USD per million tokens, and fees for one of something (`per_image`). */
export interface Price extends Readonly<Record<string, unknown>> {
  readonly input: string
  readonly output: string | null
  readonly cache_read: string
  readonly cache_write_5m: string
  readonly cache_write_1h: string
  readonly tiers?: readonly {
    readonly above_input_tokens: number
    readonly input: string
    readonly output: string | null
  }[]
}

export interface PublicModel {
  readonly id: string
  readonly aliases: readonly string[]
  readonly display_name: string
  readonly provider: string
  readonly type: string
  readonly context_window: number | null
  readonly max_output_tokens: number | null
  readonly capabilities: readonly string[]
  readonly created: number
  readonly pricing: Price | null
  readonly own_pricing: readonly { readonly plan: string | null; readonly pricing: Price | null }[]
}

export interface PublicModels {
  readonly at: string
  readonly plans: readonly { readonly id: string; readonly discount: string }[]
  readonly data: readonly PublicModel[]
  readonly retired: readonly { readonly id: string; readonly successor: string }[]
}

/** What whoever is signed in may ask, with what each of their groups pays. */
export interface OwnModels {
  readonly data: readonly (Omit<PublicModel, 'created' | 'own_pricing'> & {
    readonly own_pricing: readonly { readonly group: string; readonly pricing: Price | null }[]
  })[]
}

/** As everybody's list, with the price of the first group that serves a model; it has what is paid after any plan. */
export const ofOwn = ({ data }: OwnModels): Omit<PublicModels, 'at'> => ({
  plans: [],
  data: data.map(({ own_pricing: own, ...model }) => ({
    ...model,
    created: 0,
    own_pricing: [{ plan: null, pricing: own[0]?.pricing ?? null }],
  })),
  retired: [],
})

/**
 * The models that are served here, and what they cost. Where the operator does not tell everybody (a 404), whoever is
 * signed in sees what their organisation may ask and pays; `isHidden`: there is nothing for who looks at it.
 */
export const usePublicModels = (isSignedIn: boolean) => {
  const open = useApi<PublicModels>('/api/public/models')
  const isClosed = open.error?.status === 404
  const own = useApi<OwnModels>('/api/me/models', { enabled: isClosed && isSignedIn })
  const ownData = useMemo(() => own.data && ofOwn(own.data), [own.data])
  const { error, isPending, refetch } = isClosed ? own : open
  const data: (Omit<PublicModels, 'at'> & { readonly at?: string }) | undefined = isClosed ? ownData : open.data
  return { data, error, isPending, refetch, isOwn: isClosed && isSignedIn, isHidden: isClosed && !isSignedIn }
}

/** What is paid with a plan; '' is without any. */
export const paidWith = (model: PublicModel, plan: string): Price | null =>
  model.own_pricing.find((own) => (own.plan ?? '') === plan)?.pricing ?? null

/** To sort prices by; what is not known comes last. */
export const heightOfPrice = (price: string | null | undefined): bigint | undefined =>
  price === null || price === undefined ? undefined : nanoOf(price)

/** Fees of a price that are not for tokens, as they are named in receipts: `per_image`, `per_second`. */
export const feesOf = (price: Price): readonly (readonly [name: string, fee: string])[] =>
  Object.entries(price).flatMap(([name, fee]) =>
    (name.startsWith('per_') || name.endsWith('_audio')) && typeof fee === 'string' ? [[name, fee] as const] : [],
  )

/** Whether a model fits what was typed, going by all of its names. */
export const fitsText = ({ id, aliases, display_name, provider }: PublicModel, text: string): boolean => {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean)
  const names = [id, ...aliases, display_name, provider].join(' ').toLowerCase()
  return wanted.every((word) => names.includes(word))
}

/** Values that a list has, sorted: the options of a filter. */
export const valuesIn = (values: readonly string[]): readonly string[] => [...new Set(values)].sort()
