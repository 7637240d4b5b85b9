import { createApp } from './app.ts'
import type { Config } from './config/load.ts'
import type { Environment } from './config/substitute.ts'
import type { Call } from './gateway/call.ts'
import { newId } from './db/ids.ts'
import { clientIp } from './http/client-ip.ts'
import { createHealthEndpoint } from './http/health.ts'
import { createModelsEndpoint } from './http/models-endpoint.ts'
import { createReceiptsEndpoint } from './http/receipts.ts'
import { rootEndpoint } from './http/root.ts'
import { readRanges } from './keys/addresses.ts'
import { createMemoryLimiter } from './limits/memory.ts'
import { createLogger } from './logs/logger.ts'
import { openBooks } from './main/books.ts'
import { createControl } from './main/control.ts'
import { firstStart } from './main/first-start.ts'
import { greet } from './main/greet.ts'
import { createGateway } from './main/gateway.ts'
import { createIdentity } from './main/identity.ts'
import { catalogueOf, channelsOf } from './main/routing.ts'
import { createShutdown } from './main/shutdown.ts'
import { startSweeper } from './main/sweeper.ts'
import { PROTOCOLS } from './protocols/index.ts'
import { listen } from './runtime/listen.ts'
import { createTokenCounter } from './runtime/tokenizer.ts'
import { createWatchdog } from './upstream/watchdog.ts'
import { VERSION } from './version.ts'

/**
 * The composition root: opens everything, in the order it is listed, and starts to listen; shutting down closes it in
 * the reverse order. Resolves once the gateway is ready; throws when a part cannot be had.
 */
export const serve = async (config: Config, environment: Environment): Promise<void> => {
  const log = createLogger(config.log, process.stderr)
  const nowMs = Date.now
  const onDefect = (call: Call, error: unknown) =>
    log.error({ requestId: call.id, err: error }, 'a request failed for a defect of ours')
  const newRequestId = () => newId('req_', nowMs())
  const books = await openBooks(config, (message) => log.error({ part: 'ledger' }, message))
  const start = await firstStart(books.store, config.adminKey)
  const identity = await createIdentity(config, books.store, start)

  const keyLimiter = createMemoryLimiter({ subjectsMax: config.limits.limiterSubjects })
  // Apart from the keys', so that a flood of addresses cannot push a key's count out of memory.
  const addressLimiter = createMemoryLimiter({ subjectsMax: config.limits.limiterSubjects })
  const watchdog = createWatchdog(nowMs)
  const tokenCounter = createTokenCounter()
  const catalogue = catalogueOf(config)
  const channels = channelsOf(config)
  const openTabs = new Set<string>()
  const gateway = createGateway({
    config,
    ...identity,
    catalogue,
    channels,
    ledger: books.ledger,
    keyLimiter,
    addressLimiter,
    watchdog,
    tokenCounter,
    openTabs,
    note: (call, { kind, internal, message }) => log.info({ requestId: call.id, kind, internal }, message),
    noteBody: config.log.bodies
      ? (call, body) => log.info({ requestId: call.id, body: new TextDecoder().decode(body) }, 'request body')
      : undefined,
    onDefect,
  })

  let stopping = false
  const readiness = async () => ({
    database: await books.fault(),
    providers: channels.some(({ provider }) => provider.keys.length > 0) ? null : 'no provider has a key',
  })
  const app = createApp({
    handle: gateway.handle,
    endpoints: [
      rootEndpoint,
      createModelsEndpoint({ ...gateway, catalogue, channels, nowMs }),
      createReceiptsEndpoint({ ...gateway, receipts: books.store.receipts }),
      createHealthEndpoint({ version: VERSION, isStopping: () => stopping, readiness }),
    ],
    controlPlane: createControl({ config, books, start, identity, addressLimiter, newRequestId, log }),
    protocols: PROTOCOLS,
    newRequestId,
    nowMs,
    onDefect,
  })

  const proxies = readRanges(config.listen.trustedProxies).ranges
  const listener = listen({
    ...config.listen,
    fetch: (request, peer) => app(request, () => clientIp(peer(), request.headers.get('x-forwarded-for'), proxies)),
  })
  const sweeper = startSweeper(books.ledger, log)
  createShutdown({
    timeoutMs: config.shutdownTimeoutMs,
    log: (message) => log.info(message),
    begin: () => {
      stopping = true
    },
    listener,
    openTabs,
    close: async () => {
      sweeper.stop()
      await books.close()
      tokenCounter.close()
      watchdog.stop()
    },
  })
  for (const warning of config.warnings) log.warn(warning)
  process.stdout.write(greet(config, listener, start, { channels, catalogue, environment }))
}
