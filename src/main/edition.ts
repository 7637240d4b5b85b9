import { createApp } from '../app.ts'
import type { Config } from '../config/load.ts'
import type { Environment } from '../config/substitute.ts'
import { createModelsEndpoint } from '../http/models-endpoint.ts'
import { createReceiptEndpoints } from '../http/receipts.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { createResponsesEndpoint } from '../http/responses.ts'
import { rootEndpoint } from '../http/root.ts'
import type { Authenticator } from '../keys/authenticate.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { PROTOCOLS } from '../protocols/index.ts'
import type { PricedCatalogue } from '../providers/set-prices.ts'
import type { Channel } from '../routing/types.ts'
import type { Administered } from './administered.ts'
import { type ControlParts, createControl } from './control.ts'
import { createGateway, type GatewayParts } from './gateway.ts'
import { createIdentity } from './identity.ts'
import { type Limiters, modelLimitsOf } from './limiters.ts'
import { createMetricsEndpoint } from './metrics.ts'
import type { Reports } from './reports.ts'
import { catalogueOf, channelsOf } from './routing.ts'

/**
 * All that is made from a configuration and takes requests. When the configuration is read again another takes its place,
 * at once and as a whole; requests that came in before are finished by this one.
 */
export interface Edition {
  readonly config: Config
  readonly catalogue: PricedCatalogue
  readonly channels: readonly Channel[]
  /** Of each channel, by its id. */
  readonly providers: ReadonlyMap<string, string>
  readonly authenticator: Authenticator
  readonly fetch: (request: Request, ip: () => string) => Promise<Response>
}

/** What every edition shares: what is open, and what counts. */
export interface EditionParts
  extends Pick<ControlParts, 'books' | 'start' | 'administered' | 'reload' | 'newRequestId' | 'log'>,
    Pick<GatewayParts, 'watchdog' | 'open' | 'tokenCounter' | 'openTabs'> {
  readonly environment: Environment
  readonly administered: Administered
  readonly limiters: Limiters
  readonly metrics: Metrics
  readonly reports: Reports
  readonly health: Endpoint
}

/** Makes what takes requests from a configuration. It is not in use before somebody hands it requests. */
export const createEdition = async (config: Config, parts: EditionParts): Promise<Edition> => {
  const { books, start, administered, limiters, reports } = parts
  const catalogue = catalogueOf(config)
  const channels = channelsOf(config)
  for (const name of modelLimitsOf(config, catalogue).unknown)
    parts.log.warn(`limits.models.${name} limits nothing: there is no such model.`)
  const identity = await createIdentity(config, books.store, start)
  const gateway = createGateway({
    ...parts,
    ...limiters,
    ...start,
    ...reports,
    ...identity,
    config,
    catalogue,
    channels,
    isPaused: administered.isPaused,
    ledger: books.ledger,
    responses: books.store.responses,
    reasoning: books.store.reasoning,
  })
  const fetch = createApp({
    handle: gateway.handle,
    endpoints: [
      rootEndpoint,
      createModelsEndpoint({ ...gateway, catalogue, channels, nowMs: Date.now }),
      ...createReceiptEndpoints({ ...gateway, ...start, receipts: books.store.receipts }),
      createResponsesEndpoint({ ...gateway, responses: books.store.responses }),
      createMetricsEndpoint({ config, metrics: parts.metrics, start, ...limiters }),
      parts.health,
    ],
    controlPlane: createControl({ ...parts, ...limiters, config, identity, catalogue }),
    protocols: PROTOCOLS,
    newRequestId: parts.newRequestId,
    nowMs: Date.now,
    note: reports.note,
    onDefect: reports.onDefect,
  })
  const providers = new Map(channels.map(({ id, provider }) => [id, provider.id]))
  return { config, catalogue, channels, providers, authenticator: identity.authenticator, fetch }
}
