import type { Socket, SocketEars, Upgrade } from '../upstream/socket.ts'
import type { SocketLimits } from './types.ts'
import { sendable, shortened } from './websocket-client.ts'

/** What a socket of the server carries: whoever listens, once there is somebody. */
interface Carried {
  readonly connected: (socket: Socket) => SocketEars
  ears?: SocketEars
}

export type Upgrader = Pick<Bun.Server<Carried>, 'upgrade'>

/** Makes a WebSocket of one request, if it is asked to. */
export const upgradeOf = (
  server: Upgrader,
  request: Request,
): { readonly upgrade: Upgrade; readonly done: () => boolean } => {
  let isDone = false
  return {
    upgrade(headers, connected) {
      isDone ||= server.upgrade(request, { headers: { ...headers }, data: { connected } })
      return isDone
    },
    done: () => isDone,
  }
}

/** How the server's sockets behave: each message and each unsent byte has its limit, and who is silent is pinged. */
export const socketHandlers = (limits: SocketLimits): Bun.WebSocketHandler<Carried> => ({
  maxPayloadLength: limits.frameBytesMax,
  backpressureLimit: limits.bufferBytesMax,
  // Whoever takes nothing is not given more: memory is not theirs to fill.
  closeOnBackpressureLimit: true,
  idleTimeout: Math.min(IDLE_SECONDS_MAX, Math.max(IDLE_SECONDS_MIN, Math.ceil((2 * limits.pingMs) / 1_000))),
  sendPings: true,
  perMessageDeflate: false,
  open(socket) {
    socket.data.ears = socket.data.connected(asSocket(socket))
  },
  message(socket, message) {
    socket.data.ears?.message(message)
  },
  close(socket, code, reason) {
    socket.data.ears?.closed(code, reason)
  },
})

/** What the runtime takes. */
const IDLE_SECONDS_MIN = 8
const IDLE_SECONDS_MAX = 960

const OPEN = 1

const asSocket = (socket: Bun.ServerWebSocket<Carried>): Socket => ({
  send(message) {
    if (socket.readyState === OPEN) socket.send(message)
  },
  get bufferedBytes() {
    return socket.readyState === OPEN ? socket.getBufferedAmount() : 0
  },
  ping() {
    if (socket.readyState === OPEN) socket.ping()
  },
  close(code, reason) {
    if (socket.readyState === OPEN) socket.close(sendable(code), shortened(reason))
  },
  terminate: () => socket.terminate(),
})
