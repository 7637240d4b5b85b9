import type { Config } from '../config/load.ts'
import { createDocsEndpoint } from '../http/docs.ts'
import { type Guide, readGuide } from '../http/docs-guide.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { createPublicPricing, type PublicPricing } from '../http/pricing.ts'
import { renderPricesPage } from '../http/pricing-page.ts'
import type { PricedCatalogue } from '../providers/set-prices.ts'
import type { Channel } from '../routing/types.ts'
import { ONE } from '../units.ts'

/** Read once for the life of the process: it is part of the installation, not of a configuration. */
let guide: Guide | undefined

/** What everybody may know of models and prices. */
export const pricingOf = (config: Config, catalogue: PricedCatalogue, channels: readonly Channel[]): PublicPricing =>
  createPublicPricing(
    {
      ...config,
      catalogue,
      channels,
      groupMultiplier: config.groups.get('default')?.multiplier ?? ONE,
      nowMs: Date.now,
    },
    { isPublic: config.publicPrices, exampleModel: config.exampleModel },
  )

/** The documentation for users, with what is public of models and prices in it. */
export const documentationOf = (
  { publicUrl, auth }: Pick<Config, 'publicUrl' | 'auth'>,
  pricing: PublicPricing,
): Endpoint => {
  guide ??= readGuide()
  return createDocsEndpoint({
    guide,
    publicUrl,
    keyNeeded: auth !== 'none',
    names: pricing.names,
    pricesPage: () => {
      const models = pricing.models()
      return models && renderPricesPage(models)
    },
  })
}
