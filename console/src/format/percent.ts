/** The share that a plan takes off, as per cent: `0.125` is `12.5%`. Formatted from its text, with no float in between. */
export const percentOff = (discount: string, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 4 }).format(discount as `${number}`)
