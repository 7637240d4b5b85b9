const NANO_PER_USD = 1_000_000_000n

/** Amounts have nine places, so that they are whole numbers of nano-dollars. */
export const nanoOf = (usd: string): bigint => {
  const [, sign = '', whole = '0', places = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(usd) ?? []
  const amount = BigInt(whole) * NANO_PER_USD + BigInt(places.padEnd(9, '0'))
  return sign === '-' ? -amount : amount
}

export const usdOf = (amount: bigint): string =>
  `$${amount / NANO_PER_USD}.${String(amount % NANO_PER_USD).padStart(9, '0')}`
