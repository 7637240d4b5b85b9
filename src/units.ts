declare const unit: unique symbol
/** A number that carries its unit in the type, so that a price cannot be added to a count. */
export type Unit<T, Name extends string> = T & { readonly [unit]: Name }

/** An amount of money: 1 USD = 1_000_000_000n. Signed: postings go both ways. */
export type NanoUsd = Unit<bigint, 'NanoUsd'>
/** A price: nano-dollars per million tokens, so that $0.0375/Mtok (37.5 nano-dollars a token) is still whole. */
export type NanoUsdPerMtok = Unit<bigint, 'NanoUsdPerMtok'>
/** An exact rational in millionths: 1_000_000 is "times one". Used for multipliers and discounts. */
export type PartsPerMillion = Unit<bigint, 'PartsPerMillion'>
export type Tokens = Unit<number, 'Tokens'>

export const nanoUsd = (amount: bigint): NanoUsd => amount as NanoUsd
export const nanoUsdPerMtok = (amount: bigint): NanoUsdPerMtok => amount as NanoUsdPerMtok
export const partsPerMillion = (parts: bigint): PartsPerMillion => parts as PartsPerMillion

export const ONE: PartsPerMillion = partsPerMillion(1_000_000n)
export const ZERO_USD: NanoUsd = nanoUsd(0n)

/** Checks a token count. Throws `RangeError` when it is not a whole, non-negative number: a codec let it through. */
export const tokens = (count: number): Tokens => {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`token count ${count}`)
  return count as Tokens
}

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/

/** Reads a decimal string such as `"12.5"` as billionths. `undefined` when it is not one, or has more than nine places. */
const billionths = (text: string): bigint | undefined => {
  const match = DECIMAL.exec(text)
  if (!match) return undefined
  const magnitude = BigInt(match[2] ?? '0') * 1_000_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'))
  return match[1] === '-' ? -magnitude : magnitude
}

/** Reads USD written as a decimal string with at most nine places; `undefined` when it is anything else. */
export const parseUsd = (text: string): NanoUsd | undefined => billionths(text) as NanoUsd | undefined

/** Reads a price in USD per million tokens, as in `model_catalog.json`. */
export const parseUsdPerMtok = (text: string): NanoUsdPerMtok | undefined =>
  billionths(text) as NanoUsdPerMtok | undefined

/** Reads a multiplier or discount such as `"0.70"`; `undefined` when negative or finer than a millionth. */
export const parsePartsPerMillion = (text: string): PartsPerMillion | undefined => {
  const value = billionths(text)
  if (value === undefined || value < 0n || value % 1_000n !== 0n) return undefined
  return partsPerMillion(value / 1_000n)
}

/** Writes an amount (or a price) as the wire wants it: a decimal string with nine places. */
export const formatUsd = (amount: bigint): string => {
  const magnitude = amount < 0n ? -amount : amount
  const whole = magnitude / 1_000_000_000n
  const fraction = (magnitude % 1_000_000_000n).toString().padStart(9, '0')
  return `${amount < 0n ? '-' : ''}${whole}.${fraction}`
}

/** Writes parts per million as a plain decimal: 700000n is `"0.7"`, 1000000n is `"1"`. */
export const formatPartsPerMillion = (parts: bigint): string => {
  const fraction = (parts % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
  return `${parts / 1_000_000n}${fraction ? `.${fraction}` : ''}`
}
