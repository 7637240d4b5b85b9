import type { Listener, ListenOptions, SocketLimits } from './types.ts'
import { socketHandlers, upgradeOf } from './websocket-server.ts'

/** Opens the port. `port: 0` takes a free one; the answer says which. Throws when the address cannot be had. */
export const listen = (options: ListenOptions): Listener => {
  const server = Bun.serve({
    hostname: options.host,
    port: options.port,
    // Bun's default cuts a model that thinks for more than ten seconds; our own time-outs watch every stream.
    idleTimeout: 0,
    // Bodies are limited where the refusal can be worded in the client's wire format.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    // A page of the runtime's own would show source code to whoever caused an error.
    development: false,
    // Without this the runtime shares the port in silence with whoever else listens on it, and requests go to either.
    reusePort: false,
    websocket: socketHandlers(options.sockets ?? NO_SOCKETS),
    fetch: (request, self) => {
      const ip = (): string => self.requestIP(request)?.address ?? ''
      if (!options.sockets || !request.headers.has('upgrade')) return options.fetch(request, ip)
      const { upgrade, done } = upgradeOf(self, request)
      return Promise.resolve(options.fetch(request, ip, upgrade)).then((answer) => (done() ? undefined : answer))
    },
    error: () => new Response('{"error":{"message":"internal error","type":"internal_error"}}', { status: 500 }),
  })
  return {
    host: options.host,
    port: server.port ?? options.port,
    stop: () => server.stop(false),
    kill: () => void server.stop(true),
  }
}

/** Where no request is upgraded. */
const NO_SOCKETS: SocketLimits = { frameBytesMax: 1, bufferBytesMax: 1, pingMs: 60_000 }
