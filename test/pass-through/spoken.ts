import type { ServerWebSocket } from 'bun'

/** One session as the vendor has it. */
export interface VendorSession {
  readonly path: string
  readonly headers: Headers
  readonly heard: Record<string, unknown>[]
  readonly socket: ServerWebSocket<VendorSession>
  /** How the gateway closed it. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  say(event: unknown): void
}

export type Listener = (session: VendorSession, event: Record<string, unknown>) => void

export interface SpokenVendor {
  readonly url: string
  readonly sessions: VendorSession[]
  /** What it says to each event; a test puts its own here. */
  onEvent: Listener
  onOpen: (session: VendorSession) => void
  /** Refuses to open sessions, with this status. */
  refuseWith: number | undefined
  stop(): Promise<void>
}

/** A vendor that is spoken with over WebSocket, under `/v1`. */
export const startSpokenVendor = (): SpokenVendor => {
  const sessions: VendorSession[] = []
  const closers = new WeakMap<VendorSession, (how: { code: number; reason: string }) => void>()
  const server = Bun.serve<VendorSession, never>({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, self) => {
      if (vendor.refuseWith !== undefined) return new Response('no', { status: vendor.refuseWith })
      const { pathname, search } = new URL(request.url)
      const data = { path: pathname + search, headers: request.headers } as VendorSession
      return self.upgrade(request, { data }) ? undefined : new Response('no', { status: 400 })
    },
    websocket: {
      maxPayloadLength: 64 * 1024 * 1024,
      open(socket) {
        const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
        const session = Object.assign(socket.data, {
          heard: [],
          socket,
          closed: promise,
          say: (event: unknown) => void socket.send(typeof event === 'string' ? event : JSON.stringify(event)),
        })
        closers.set(session, resolve)
        sessions.push(session)
        vendor.onOpen(session)
      },
      message(socket, message) {
        const event = JSON.parse(String(message))
        socket.data.heard.push(event)
        vendor.onEvent(socket.data, event)
      },
      close(socket, code, reason) {
        closers.get(socket.data)?.({ code, reason })
      },
    },
  })
  const vendor: SpokenVendor = {
    url: `http://127.0.0.1:${server.port}/v1`,
    sessions,
    onEvent: () => undefined,
    onOpen: (session) => session.say({ type: 'session.created', session: { type: 'realtime' } }),
    refuseWith: undefined,
    stop: () => server.stop(true),
  }
  return vendor
}

/** A client's end of a session. */
export interface Client {
  readonly socket: WebSocket
  readonly heard: Record<string, unknown>[]
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  say(event: unknown): void
  /** The next event of a type, whether it has come already or not. */
  until(type: string): Promise<Record<string, unknown>>
}

/** Opens a session at the gateway; fails with what it said where it is not opened. */
export const openClient = (url: string, headers: Record<string, string> = {}, protocols?: string[]): Promise<Client> =>
  new Promise((resolve, reject) => {
    const options = { headers, ...(protocols && { protocols }) }
    const socket = new (WebSocket as unknown as new (url: string, options: unknown) => WebSocket)(url, options)
    const heard: Record<string, unknown>[] = []
    const taken = new Set<Record<string, unknown>>()
    const waiting: (() => void)[] = []
    const { promise: closed, resolve: isClosed } = Promise.withResolvers<{ code: number; reason: string }>()
    socket.onmessage = ({ data }) => {
      heard.push(JSON.parse(String(data)))
      for (const look of waiting.splice(0)) look()
    }
    socket.onclose = ({ code, reason }) => isClosed({ code, reason })
    socket.onerror = (event) => reject(new Error('message' in event ? String(event.message) : 'not open'))
    const until: Client['until'] = async (type) => {
      for (;;) {
        const found = heard.find((event) => event['type'] === type && !taken.has(event))
        if (found) {
          taken.add(found)
          return found
        }
        const how = await Promise.race([new Promise<void>((look) => waiting.push(look)), closed])
        if (how && !heard.some((event) => event['type'] === type && !taken.has(event)))
          throw new Error(
            `closed (${how.code} ${how.reason}) before ${type}; heard ${JSON.stringify(heard).slice(0, 500)}`,
          )
      }
    }
    const say = (event: unknown): void => socket.send(typeof event === 'string' ? event : JSON.stringify(event))
    socket.onopen = () => resolve({ socket, heard, closed, say, until })
  })
