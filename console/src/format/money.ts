const PLACES_MAX = 9
const SIGNIFICANT = 3

/** A decimal string, as amounts come: `-12.340000000`. */
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

type Decimal = `${number}`

const exact = new Map<string, Intl.NumberFormat>()
const formatterOf = (locale: string, currency: string, places: number): Intl.NumberFormat => {
  const key = `${locale} ${currency} ${places}`
  let made = exact.get(key)
  if (!made) {
    const options = { minimumFractionDigits: Math.min(2, places), maximumFractionDigits: places }
    made = new Intl.NumberFormat(locale, {
      ...options,
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
    })
    exact.set(key, made)
  }
  return made
}

/**
 * An amount in full: every place that is not zero, and never fewer than two. Takes the decimal string as it came, which
 * the browser formats exactly; no float in between. What is not a decimal is given back as it is.
 */
export const formatMoney = (amount: string, locale: string, currency = 'USD'): string =>
  DECIMAL.test(amount) ? formatterOf(locale, currency, PLACES_MAX).format(amount as Decimal) : amount

/**
 * An amount for narrow places: three significant places at least, whole cents from one dollar on. What does not fit is cut
 * off, never rounded up, and `…` stands in its place: `$12.34…`. What is not zero never looks like zero. Whoever shows it
 * keeps the full amount within reach.
 */
export const formatMoneyShort = (amount: string, locale: string, currency = 'USD'): string => {
  const [, sign = '', whole = '', fraction = ''] = DECIMAL.exec(amount) ?? []
  if (whole === '') return amount
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0
  const places = Math.max(2, /[1-9]/.test(whole) ? 2 : Math.min(PLACES_MAX, zeros + SIGNIFICANT))
  const kept = `${sign}${whole}.${fraction.slice(0, places).padEnd(1, '0')}` as Decimal
  const isCut = /[1-9]/.test(fraction.slice(places))
  const parts = formatterOf(locale, currency, places).formatToParts(kept)
  return parts.map(({ type, value }) => (isCut && type === 'fraction' ? `${value}…` : value)).join('')
}

/** Below, at or above zero, read off the text. */
export const signOf = (amount: string): -1 | 0 | 1 => {
  if (!/[1-9]/.test(amount)) return 0
  return amount.startsWith('-') ? -1 : 1
}

const NANO = 1_000_000_000n

/** Nano-dollars of a decimal string with at most nine places; `undefined` where it is none. */
export const nanoOf = (amount: string): bigint | undefined => {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(amount.trim()) ?? []
  if (whole === undefined || fraction.length > PLACES_MAX) return undefined
  const nano = BigInt(whole) * NANO + BigInt(fraction.padEnd(PLACES_MAX, '0'))
  return sign === '-' ? -nano : nano
}

/** The decimal string of nano-dollars, nine places: what the API takes. */
export const decimalOf = (nano: bigint): string => {
  const positive = nano < 0n ? -nano : nano
  const fraction = String(positive % NANO).padStart(PLACES_MAX, '0')
  return `${nano < 0n ? '-' : ''}${positive / NANO}.${fraction}`
}

/** Adds amounts exactly; `undefined` among them, or what is no amount, counts as nothing known: the sum is of the rest. */
export const sumOf = (amounts: readonly (string | null | undefined)[]): string =>
  decimalOf(amounts.reduce((sum, amount) => sum + (nanoOf(amount ?? '') ?? 0n), 0n))

/** What of a balance new requests may use is somebody's own: a credit line is no money. */
export const ownMoney = (balance: { readonly available_usd: string; readonly credit_line_usd: string }): string =>
  decimalOf((nanoOf(balance.available_usd) ?? 0n) - (nanoOf(balance.credit_line_usd) ?? 0n))

/** `3.750000000` as a person would write it: for a field that it is changed in. */
export const typedAmount = (amount: string): string => amount.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')

/** For the height of a bar and nothing else: pixels have no nine places. */
export const heightOf = (amount: string): number => Number(amount)
