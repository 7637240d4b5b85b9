import { createApp } from './app.ts'
import type { Config } from './config/load.ts'
import type { Environment } from './config/substitute.ts'
import { newId } from './db/ids.ts'
import { createModelsEndpoint } from './http/models-endpoint.ts'
import { createReceiptEndpoints } from './http/receipts.ts'
import { createResponsesEndpoint } from './http/responses.ts'
import { rootEndpoint } from './http/root.ts'
import { createLogger } from './logs/logger.ts'
import { startBackground } from './main/background.ts'
import { openBooks } from './main/books.ts'
import { createControl } from './main/control.ts'
import { firstStart } from './main/first-start.ts'
import { greet } from './main/greet.ts'
import { createGateway } from './main/gateway.ts'
import { createIdentity } from './main/identity.ts'
import { openHealth } from './main/health.ts'
import { openLimiters } from './main/limiters.ts'
import { openMetrics, openMetricsEndpoint } from './main/metrics.ts'
import { openListener } from './main/open-listener.ts'
import { createReports } from './main/reports.ts'
import { catalogueOf, channelsOf } from './main/routing.ts'
import { createShutdown } from './main/shutdown.ts'
import { PROTOCOLS } from './protocols/index.ts'
import { createHttpClient } from './runtime/http-client.ts'
import { createTokenCounter } from './runtime/tokenizer.ts'
import { createWatchdog } from './upstream/watchdog.ts'

const newRequestId = (): string => newId('req_', Date.now())

/**
 * The composition root: opens everything, in the order it is listed, and starts to listen; shutting down closes it in
 * the reverse order. Resolves once the gateway is ready; throws when a part cannot be had.
 */
export const serve = async (config: Config, environment: Environment): Promise<void> => {
  const log = createLogger(config.log, process.stderr)
  const catalogue = catalogueOf(config)
  const { metrics, reports } = openMetrics(config, catalogue, createReports(config, log))
  const books = await openBooks(config, (message) => log.error({ part: 'ledger' }, message), metrics.record)
  const start = await firstStart(books.store, config.adminKey)
  const identity = await createIdentity(config, books.store, start)
  const limiters = await openLimiters(config, catalogue, log)
  const watchdog = createWatchdog(Date.now)
  const httpClient = createHttpClient({ connectTimeoutMs: config.timeouts.connectMs })
  const tokenCounter = createTokenCounter()
  const channels = channelsOf(config)
  const openTabs: Set<string> = new Set()
  const gateway = createGateway({
    config,
    ...identity,
    catalogue,
    channels,
    ledger: books.ledger,
    responses: books.store.responses,
    reasoning: books.store.reasoning,
    ...limiters,
    watchdog,
    open: httpClient.open,
    environment,
    tokenCounter,
    ...start,
    openTabs,
    ...reports,
  })

  const health = openHealth({ config, books, limiters, channels })
  const app = createApp({
    handle: gateway.handle,
    endpoints: [
      rootEndpoint,
      createModelsEndpoint({ ...gateway, catalogue, channels, nowMs: Date.now }),
      ...createReceiptEndpoints({ ...gateway, ...start, receipts: books.store.receipts }),
      createResponsesEndpoint({ ...gateway, responses: books.store.responses }),
      openMetricsEndpoint({ config, metrics, books, start, openTabs, ...limiters }),
      health.endpoint,
    ],
    controlPlane: createControl({ config, books, start, identity, ...limiters, newRequestId, log }),
    protocols: PROTOCOLS,
    newRequestId,
    nowMs: Date.now,
    note: reports.note,
    onDefect: reports.onDefect,
  })

  const background = await startBackground({ books, identity, metrics, log })
  const listener = openListener(config, app)
  createShutdown({
    timeoutMs: config.shutdownTimeoutMs,
    log: (message) => log.info(message),
    begin: health.stop,
    listener,
    openTabs,
    close: async () => {
      await background.stop()
      await limiters.close()
      await books.close()
      httpClient.close()
      tokenCounter.close()
      watchdog.stop()
    },
  })
  for (const warning of config.warnings) log.warn(warning)
  process.stdout.write(greet(config, listener, start, { channels, catalogue, environment }))
}
