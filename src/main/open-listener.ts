import type { Config } from '../config/load.ts'
import { clientIp } from '../http/client-ip.ts'
import { readRanges } from '../keys/addresses.ts'
import { listen } from '../runtime/listen.ts'
import type { Listener } from '../runtime/types.ts'
import type { Upgrade } from '../upstream/socket.ts'

type App = (request: Request, ip: () => string, upgrade?: Upgrade) => Promise<Response>

/** Where this process is reached: the port that is configured; where that is any free one, once it is open, which it is. */
export interface Reach {
  port: number
}

/** Opens the port to the app; behind trusted proxies the address is the one they report. */
export const openListener = (config: Config, reach: Reach, app: App): Listener => {
  const proxies = readRanges(config.listen.trustedProxies).ranges
  const listener = listen({
    ...config.listen,
    sockets: {
      frameBytesMax: config.websockets.frameBytes,
      bufferBytesMax: config.websockets.bufferBytes,
      pingMs: config.websockets.pingMs,
    },
    fetch: (request, peer, upgrade) =>
      app(request, () => clientIp(peer(), request.headers.get('x-forwarded-for'), proxies), upgrade),
  })
  reach.port = listener.port
  return listener
}
