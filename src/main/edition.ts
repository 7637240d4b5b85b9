import { createApp } from '../app.ts'
import type { ModelType } from '../canon/model.ts'
import type { Watch } from '../batches/watch.ts'
import type { Config } from '../config/load.ts'
import type { Environment } from '../config/substitute.ts'
import { createModelsEndpoint } from '../http/models-endpoint.ts'
import { createReceiptEndpoints } from '../http/receipts.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { createExplainEndpoint } from '../http/explain/endpoint.ts'
import { matchOperation } from '../http/match.ts'
import { createResponsesEndpoint } from '../http/responses.ts'
import { createSetupEndpoint } from '../http/setup.ts'
import { createStoredEndpoint } from '../http/stored.ts'
import { createSocketEndpoint } from '../http/pass-through-sockets.ts'
import { createPassThroughEndpoint, createUnderProvider } from '../http/pass-through.ts'
import type { ConsoleEndpoints } from '../http/console.ts'
import type { Authenticator } from '../keys/authenticate.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { PROTOCOLS } from '../protocols/index.ts'
import type { PricedCatalogue } from '../providers/set-prices.ts'
import type { Channel } from '../routing/types.ts'
import type { Upgrade } from '../upstream/socket.ts'
import type { Administered } from './administered.ts'
import { notingTests } from './checks.ts'
import { type ControlParts, createControl } from './control.ts'
import { documentationOf, pricingOf } from './documentation.ts'
import { createGateway, type GatewayParts } from './gateway.ts'
import { createIdentity } from './identity.ts'
import { type Limiters, modelLimitsOf } from './limiters.ts'
import { createMetricsEndpoint } from './metrics.ts'
import { providerTestOf } from './provider-test.ts'
import type { Reports } from './reports.ts'
import type { SpendWatch } from './spend-watch.ts'
import type { Steering } from './steering.ts'
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
  /** Looks after batches. */
  readonly watch: Pick<Watch, 'look'>
  readonly fetch: (request: Request, ip: () => string, upgrade?: Upgrade) => Promise<Response>
}

/** What every edition shares: what is open, and what counts. */
export interface EditionParts
  extends Pick<
      ControlParts,
      | 'books'
      | 'start'
      | 'accounts'
      | 'sendMail'
      | 'replica'
      | 'reach'
      | 'live'
      | 'administered'
      | 'reload'
      | 'base'
      | 'keyring'
      | 'readObjects'
      | 'newRequestId'
      | 'log'
    >,
    Pick<
      GatewayParts,
      'watchdog' | 'open' | 'openSocket' | 'sessions' | 'commands' | 'tokenCounter' | 'openTabs' | 'capture'
    > {
  readonly environment: Environment
  readonly administered: Administered
  readonly limiters: Limiters
  readonly steering: Steering
  readonly spend: SpendWatch
  readonly metrics: Metrics
  readonly reports: Reports
  readonly health: Endpoint
  readonly console: ConsoleEndpoints
}

/** Makes what takes requests from a configuration. It is not in use before somebody hands it requests. */
export const createEdition = async (config: Config, parts: EditionParts): Promise<Edition> => {
  const { books, start, administered, limiters, reports } = parts
  const catalogue = catalogueOf(config)
  const channels = channelsOf(config, catalogue)
  for (const name of modelLimitsOf(config, catalogue).unknown)
    parts.log.warn(`limits.models.${name} limits nothing: there is no such model.`)
  const identity = await createIdentity(config, books.store, start)
  const gateway = createGateway({
    ...parts,
    ...limiters,
    ...start,
    ...reports,
    ...identity,
    ...parts.steering,
    config,
    catalogue,
    channels,
    isPaused: administered.isPaused,
    onFailure: parts.metrics.recordFailure,
    ledger: books.ledger,
    responses: books.store.responses,
    reasoning: books.store.reasoning,
    spends: books.store.spends,
    files: books.store.files,
    batches: books.store.batches,
    receipts: books.store.receipts,
    warnBatch: (message, { requestId, id }) => parts.log.warn({ request: requestId, batch: id }, message),
  })
  const underProvider = createUnderProvider(channels)
  const pricing = pricingOf(config, catalogue, channels)
  const fetch = createApp({
    handle: gateway.handle,
    endpoints: [
      createSetupEndpoint(config),
      documentationOf(config, pricing),
      parts.console.pages,
      createModelsEndpoint({ ...gateway, catalogue, channels, nowMs: Date.now }),
      ...createReceiptEndpoints({ ...gateway, ...start, receipts: books.store.receipts }),
      createResponsesEndpoint({ ...gateway, responses: books.store.responses }),
      createStoredEndpoint({ ...gateway, ...gateway.stored }),
      createMetricsEndpoint({ config, metrics: parts.metrics, start, ...limiters }),
      parts.health,
      createExplainEndpoint({
        ...{ ...gateway, ...start, protocols: PROTOCOLS },
        operationOf: (path) => matchOperation(path) ?? underProvider(path),
        typeOf: (name) => typeIn(catalogue, name),
        bodyBytesMax: config.limits.bodyBytes,
        depthMax: config.limits.jsonDepth,
      }),
      createPassThroughEndpoint({ passThrough: gateway.passThrough, channels, protocols: PROTOCOLS }),
      parts.console.lost,
    ],
    underProvider,
    socket: createSocketEndpoint({ openSession: gateway.openSession, channels, protocols: PROTOCOLS }),
    controlPlane: createControl({
      ...{ ...parts, ...limiters, config, identity, catalogue, channels, pricing },
      testProvider: notingTests(parts.steering.health, providerTestOf({ ...parts, config, catalogue })),
    }),
    protocols: PROTOCOLS,
    newRequestId: parts.newRequestId,
    nowMs: Date.now,
    note: reports.note,
    onDefect: reports.onDefect,
  })
  const providers = new Map(channels.map(({ id, provider }) => [id, provider.id]))
  const { watch } = gateway.stored
  return { config, catalogue, channels, providers, authenticator: identity.authenticator, watch, fetch }
}

/** What kind of model a name means; `undefined`: nobody knows. */
const typeIn = (catalogue: PricedCatalogue, name: string): ModelType | undefined => {
  const found = catalogue.resolve(name)
  return found.ok ? found.value.model.type : undefined
}
