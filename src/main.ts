import { isDeepStrictEqual } from 'node:util'
import type { Config, ConfigFault } from './config/load.ts'
import type { Environment } from './config/substitute.ts'
import { newId } from './db/ids.ts'
import { createLogger } from './logs/logger.ts'
import { createAdministered } from './main/administered.ts'
import { startBackground } from './main/background.ts'
import { openBooks } from './main/books.ts'
import { createEdition, type Edition } from './main/edition.ts'
import { firstStart } from './main/first-start.ts'
import { greet } from './main/greet.ts'
import { openHealth } from './main/health.ts'
import { openLimiters } from './main/limiters.ts'
import { openMetrics, watchGauges } from './main/metrics.ts'
import { openListener } from './main/open-listener.ts'
import { createReload, reloadOnSignal } from './main/reload.ts'
import { createReports } from './main/reports.ts'
import { createShutdown } from './main/shutdown.ts'
import type { Result } from './result.ts'
import { createHttpClient } from './runtime/http-client.ts'
import { createTokenCounter } from './runtime/tokenizer.ts'
import { createWatchdog } from './upstream/watchdog.ts'

const newRequestId = (): string => newId('req_', Date.now())

/**
 * The composition root: opens everything, in the order it is listed, and starts to listen; shutting down closes it in
 * the reverse order. Resolves once the gateway is ready; throws when a part cannot be had. `load` reads the configuration
 * again, as it was read for this start.
 */
export const serve = async (
  config: Config,
  environment: Environment,
  load: () => Result<Config, ConfigFault[]>,
): Promise<void> => {
  const log = createLogger(config.log, process.stderr)
  let edition: Edition | undefined
  const { metrics, reports } = openMetrics(() => edition, createReports(config, log))
  const books = await openBooks(config, (message) => log.error({ part: 'ledger' }, message), metrics.record)
  const start = await firstStart(books.store, config.adminKey)
  const administered = createAdministered(books.store)
  const limiters = await openLimiters(config, log)
  const watchdog = createWatchdog(Date.now)
  const httpClient = createHttpClient({ connectTimeoutMs: config.timeouts.connectMs })
  const tokenCounter = createTokenCounter()
  const openTabs: Set<string> = new Set()
  watchGauges({ metrics, books, openTabs, ...limiters })
  const current = (): Edition => {
    if (!edition) throw new Error('asked for before there is any')
    return edition
  }
  const health = openHealth({
    config,
    books,
    limiters,
    channels: () => current().channels,
    isPaused: administered.isPaused,
  })
  const use = async (next: Config) => {
    const [made, before] = [await createEdition(next, editionParts), edition]
    administered.useCatalogue(made.catalogue)
    log.level = next.log.level
    edition = made
    return { areModelsOther: !isDeepStrictEqual(before?.catalogue.models(), made.catalogue.models()) }
  }
  const reload = createReload({ load, current: () => current().config, use, log })
  const editionParts = {
    ...{ books, start, administered, limiters, metrics, reports, reload, newRequestId, log },
    ...{ watchdog, open: httpClient.open, tokenCounter, openTabs, environment, health: health.endpoint },
  }
  await use(config)

  const authenticator = () => current().authenticator
  const background = await startBackground({ books, authenticator, administered, reload, metrics, log })
  const listener = openListener(config, (request, ip) => current().fetch(request, ip))
  reloadOnSignal(reload, log)
  createShutdown({
    timeoutMs: config.shutdownTimeoutMs,
    settleTimeoutMs: config.settleTimeoutMs,
    log,
    begin: health.stop,
    listener,
    openTabs,
    ledger: books.ledger,
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
  process.stdout.write(greet(config, listener, start, { ...current(), environment }))
}
