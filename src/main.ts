import { isDeepStrictEqual } from 'node:util'
import type { Base, Config, ConfigFault } from './config/load.ts'
import type { Environment } from './config/substitute.ts'
import { newId } from './db/ids.ts'
import { createLogger } from './logs/logger.ts'
import { openAccounts } from './main/accounts.ts'
import { createAdministered } from './main/administered.ts'
import { startBackground } from './main/background.ts'
import { openBooks } from './main/books.ts'
import { commandNotes, openCommands } from './main/commands.ts'
import { openConfigured } from './main/configured.ts'
import { openConsole } from './main/console.ts'
import { createEdition, type Edition } from './main/edition.ts'
import { firstStart } from './main/first-start.ts'
import { greet } from './main/greet.ts'
import { openHealth } from './main/health.ts'
import { openLimiters } from './main/limiters.ts'
import { forgetChangedKeys } from './main/steering.ts'
import { openTended } from './main/tending.ts'
import { openMetrics, watchGauges } from './main/metrics.ts'
import { openListener } from './main/open-listener.ts'
import { reloadOnSignal } from './main/reload.ts'
import { openRequestLog } from './main/request-log.ts'
import { openReplica } from './main/replica.ts'
import { createReports } from './main/reports.ts'
import { createShutdown } from './main/shutdown.ts'
import type { Result } from './result.ts'
import { createHttpClient } from './runtime/http-client.ts'
import { createTokenCounter } from './runtime/tokenizer.ts'
import { openSocket } from './runtime/websocket-client.ts'
import { createWatchdog } from './upstream/watchdog.ts'

export { UnusableConfiguration } from './main/configured.ts'

const newRequestId = (): string => newId('req_', Date.now())

/**
 * The composition root: opens everything, in the order it is listed, and starts to listen; shutting down closes it in
 * the reverse order. Resolves once the gateway is ready; throws when a part cannot be had, `UnusableConfiguration` where what
 * was set through the admin API cannot be used. `load` reads the configuration again, as it was read for this start.
 */
export const serve = async (
  base: Base,
  environment: Environment,
  load: () => Result<Base, ConfigFault[]>,
): Promise<void> => {
  const log = createLogger(base.config.log, process.stderr)
  let edition: Edition | undefined
  const { metrics, reports } = openMetrics(() => edition, createReports(base.config, log))
  const books = await openBooks(base.config, (message) => log.error({ part: 'ledger' }, message), metrics.record)
  const { config, keyring, ...configured } = await openConfigured(base, load, books.store, log)
  const start = await firstStart(books.store, config.adminKey)
  const administered = createAdministered(books.store)
  const limiters = await openLimiters(config, log)
  const [replica, reach] = [openReplica(Date.now()), { port: config.listen.port }]
  const people = await openAccounts({ ...books, config, reach, plans: () => current().config.plans, log })
  const requestLog = openRequestLog(config, books, log)
  const { steering, tend } = openTended(config, log)
  const httpClient = createHttpClient({ connectTimeoutMs: config.timeouts.connectMs })
  const [watchdog, tokenCounter] = [createWatchdog(Date.now), createTokenCounter()]
  const commands = openCommands({ environment, note: commandNotes(log) })
  const [openTabs, sessions] = [new Set<string>(), new Set<{ goAway(): void }>()]
  watchGauges({ metrics, books, openTabs, ...limiters, ...steering, capture: requestLog.capture })
  const current = (): Edition => {
    if (!edition) throw new Error('asked for before there is any')
    return edition
  }
  const inUse = { channels: () => current().channels, providers: () => current().config.providers }
  const tending = tend({ ...inUse, books, administered, watchdog, open: httpClient.open, environment, commands })
  const health = openHealth({ ...inUse, config, books, limiters, commands, steering, isPaused: administered.isPaused })
  const use = async (next: Config) => {
    commands.use(next)
    const [made, before] = [await createEdition(next, editionParts), edition]
    forgetChangedKeys(steering.health, before?.channels ?? [], made.channels)
    administered.useCatalogue(made.catalogue)
    log.level = next.log.level
    edition = made
    return { areModelsOther: !isDeepStrictEqual(before?.catalogue.models(), made.catalogue.models()) }
  }
  const { reload, readObjects } = configured.renewals({ current: () => current().config, use })
  const editionParts = {
    ...{ ...configured, spend: tending.spend, keyring, books, start, replica, reach, ...people },
    ...{ administered, limiters, steering, metrics, reports, live: requestLog.live, capture: requestLog.capture },
    ...{ reload, readObjects, newRequestId, log, environment, health: health.endpoint, console: openConsole(log) },
    ...{ watchdog, open: httpClient.open, openSocket, sessions, commands, tokenCounter, openTabs },
  }
  await use(config)

  const watching = { watch: () => current().watch, isAlone: config.database.kind === 'sqlite' }
  const changing = { authenticator: () => current().authenticator, administered, reload, readObjects, ...watching }
  const alerts = { config, replica, health: steering.health, channels: inUse.channels, sendMail: people.sendMail }
  const background = await startBackground({ ...changing, books, tending, metrics, alerts, log })
  const listener = openListener(config, reach, (request, ip, upgrade) => current().fetch(request, ip, upgrade))
  reloadOnSignal(reload, log)
  createShutdown({
    timeoutMs: config.shutdownTimeoutMs,
    settleTimeoutMs: config.settleTimeoutMs,
    log,
    begin: () => {
      health.stop()
      for (const session of [...sessions, requestLog]) session.goAway()
    },
    listener,
    openTabs,
    ledger: books.ledger,
    close: async () => {
      await background.stop()
      for (const part of [requestLog, people, commands, limiters, books]) await part.close()
      for (const part of [httpClient, tokenCounter]) part.close()
      watchdog.stop()
    },
  })
  for (const warning of config.warnings) log.warn(warning)
  process.stdout.write(greet(config, listener, start, { ...current(), environment }))
}
