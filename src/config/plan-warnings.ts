import type { ParsedConfig } from './schema.ts'

/** Plans that anybody can take for nothing, and pay less from then on. */
export const planWarnings = ({ plans }: Pick<ParsedConfig, 'plans'>): readonly string[] =>
  [...plans]
    .filter(([, { discount, priceUsd, forSale }]) => forSale && discount > 0n && (priceUsd ?? 0n) === 0n)
    .map(
      ([name]) =>
        `The plan ${name} costs nothing and has a discount: every user can take it. Set price_usd, or for_sale to false.`,
    )
