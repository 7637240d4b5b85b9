/// Decimals as bills have them: more places than a nano-dollar, exponents, no places at all.

/** What decimals are read to: 10⁻¹⁸, so that many small lines still add up to the right nano-dollar. */
const PLACES = 18
const PER_NANO = 10n ** 9n
/** Further from the point than this, digits say nothing in money. */
const EXPONENT_MAX = 40

/** An amount in 10⁻¹⁸ dollars. */
export type AttoUsd = bigint

const DECIMAL = /^([+-]?)(\d{0,40})(?:\.(\d{0,200}))?(?:[eE]([+-]?\d{1,6}))?$/

/**
 * Reads an amount as vendors write it: a JSON number, or a text such as `0.0000045`, `12`, `1.5e-7` or `0E-6176`.
 * `shift` moves the point: -2 for cents. What is smaller than 10⁻¹⁸ is cut off; `undefined` for what is no number.
 */
export const readAmount = (value: unknown, shift = 0): AttoUsd | undefined => {
  // The shortest text of a number is the one that stood in the file, up to 15 digits.
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  const match = DECIMAL.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole + fraction === '') return undefined
  const digits = BigInt(whole + fraction)
  if (digits === 0n) return 0n
  const power = Number(exponent) + shift - fraction.length + PLACES
  if (power > EXPONENT_MAX) return undefined
  const magnitude = power >= 0 ? digits * 10n ** BigInt(power) : digits / 10n ** BigInt(Math.min(-power, 300))
  return sign === '-' ? -magnitude : magnitude
}

/** Rounds to whole nano-dollars, half away from zero. */
export const toNanoUsd = (atto: AttoUsd): bigint =>
  atto >= 0n ? (atto + PER_NANO / 2n) / PER_NANO : -((-atto + PER_NANO / 2n) / PER_NANO)
