import type { Base } from '../config/load.ts'
import type { Store } from '../db/types.ts'
import type { Administration } from '../http/admin/deps.ts'
import type { Keyring } from '../keys/keyring.ts'
import { createLogger } from '../logs/logger.ts'
import { createConfigured } from '../main/configured.ts'
import { openCommands } from '../main/commands.ts'
import { providerTestOf } from '../main/provider-test.ts'
import { catalogueOf } from '../main/routing.ts'
import { ok } from '../result.ts'
import { createHttpClient } from '../runtime/http-client.ts'
import { createWatchdog } from '../upstream/watchdog.ts'
import type { Call } from './io.ts'

/** Tests a provider as a gateway would, from this machine. Rejects where keys cannot be read. */
export const testProviderHere =
  (call: Call, base: Base, objects: Store['objects'], keyring: Keyring): Administration['testProvider'] =>
  async (id, model) => {
    const log = createLogger({ ...base.config.log, level: 'silent' }, process.stderr)
    const config = await createConfigured({ base, load: () => ok(base), objects, keyring, log }).first()
    const { environment } = call.io
    const client = createHttpClient({ connectTimeoutMs: config.timeouts.connectMs })
    const watchdog = createWatchdog(Date.now)
    const commands = openCommands({ environment, note: (_, message) => call.io.problem(`${message}\n`) })
    commands.use(config)
    try {
      const reach = { watchdog, open: client.open, environment, commands }
      return await providerTestOf({ ...reach, config, catalogue: catalogueOf(config) })(id, model)
    } finally {
      await commands.close()
      client.close()
      watchdog.stop()
    }
  }
