/**
 * Sums of amounts, where 64 bits do not hold the sum of all: SQLite fails at such a sum, also where only a part of it is
 * too large. Both halves of each amount are summed apart, and put together here.
 */
const HALF = 1_000_000_000n

/** The two sums over `column`, as columns `<name>_high` and `<name>_low`; each is null over no rows. */
export const halvesOf = (column: string, name: string): string =>
  `SUM(${column} / ${HALF}) AS ${name}_high, SUM(${column} % ${HALF}) AS ${name}_low`

/** How far `column` is above such a sum: zero only where they are equal. A sum that is missing is zero. */
export const above = (column: string, sum: string): string =>
  `((${column} / ${HALF} - COALESCE(${sum}_high, 0)) * ${HALF} + (${column} % ${HALF} - COALESCE(${sum}_low, 0)))`

/** Such a sum as one text, for `readExactSum`. */
export const exactText = (name: string): string =>
  `CAST(COALESCE(${name}_high, 0) AS text) || ' ' || CAST(COALESCE(${name}_low, 0) AS text)`

/** The sum over `column` as such a text. */
export const exactSum = (column: string): string =>
  `CAST(COALESCE(SUM(${column} / ${HALF}), 0) AS text) || ' ' || CAST(COALESCE(SUM(${column} % ${HALF}), 0) AS text)`

/** Reads what `exactSum` and `exactText` wrote, and plain whole numbers. */
export const readExactSum = (value: unknown): bigint => {
  const [high = '0', low] = String(value).split(' ')
  return low === undefined ? BigInt(high) : BigInt(high) * HALF + BigInt(low)
}
