// Exact decimal arithmetic of its own: the product's is what is being checked.

/** `digits` ÷ 10^`places`. */
export interface Decimal {
  readonly digits: bigint
  readonly places: number
}

export const decimal = (text: string | number): Decimal => {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(text))
  if (!match) throw new Error(`${text} is no decimal`)
  const fraction = match[3] ?? ''
  return { digits: BigInt(`${match[1]}${match[2]}${fraction}`), places: fraction.length }
}

export const times = (one: Decimal, other: Decimal): Decimal => ({
  digits: one.digits * other.digits,
  places: one.places + other.places,
})

export const plus = (one: Decimal, other: Decimal): Decimal => {
  const places = Math.max(one.places, other.places)
  const at = ({ digits, places: had }: Decimal): bigint => digits * 10n ** BigInt(places - had)
  return { digits: at(one) + at(other), places }
}

export const oneLess = (share: Decimal): Decimal => plus(decimal('1'), { ...share, digits: -share.digits })

const NANO_PLACES = 9

/** Dollars as whole nano-dollars, rounded up. Not for what is below zero. */
export const nanoUp = ({ digits, places }: Decimal): bigint => {
  if (places <= NANO_PLACES) return digits * 10n ** BigInt(NANO_PLACES - places)
  const unit = 10n ** BigInt(places - NANO_PLACES)
  return digits / unit + (digits % unit > 0n ? 1n : 0n)
}

/** An amount as the API writes it, in nano-dollars. */
export const nano = (usd: string): bigint => nanoUp(decimal(usd.replace('-', ''))) * (usd.startsWith('-') ? -1n : 1n)

/** Nano-dollars as the API writes them. */
export const usd = (amount: bigint): string => {
  const digits = String(amount < 0n ? -amount : amount).padStart(NANO_PLACES + 1, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -NANO_PLACES)}.${digits.slice(-NANO_PLACES)}`
}
