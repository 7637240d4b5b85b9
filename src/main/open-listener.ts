import type { Config } from '../config/load.ts'
import { clientIp } from '../http/client-ip.ts'
import { readRanges } from '../keys/addresses.ts'
import { listen } from '../runtime/listen.ts'
import type { Listener } from '../runtime/types.ts'

type App = (request: Request, ip: () => string) => Promise<Response>

/** Opens the port to the app; behind trusted proxies the address is the one they report. */
export const openListener = (config: Config, app: App): Listener => {
  const proxies = readRanges(config.listen.trustedProxies).ranges
  return listen({
    ...config.listen,
    fetch: (request, peer) => app(request, () => clientIp(peer(), request.headers.get('x-forwarded-for'), proxies)),
  })
}
