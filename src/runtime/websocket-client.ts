import { err, ok } from '../result.ts'
import type { HttpProxy } from '../upstream/http1/proxy.ts'
import type { OpenSocket, Socket, SocketFault, SocketRequest } from '../upstream/socket.ts'

const STATUS = /status code: (\d{3})/
const NORMAL = 1000

/** Opens WebSockets to upstreams, with headers of our own, over TLS that is always checked. */
export const openSocket: OpenSocket = (request, ears) => {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<OpenSocket>>>()
  const socket = dial(request)
  let detail = 'the connection was closed before it was open'
  let isOpen = false
  let isClosed = false
  const late = setTimeout(() => {
    detail = `not open within ${request.connectMs} ms`
    socket.terminate()
    fail(0)
  }, request.connectMs)
  const fail = (status: number): void => {
    clearTimeout(late)
    resolve(err<SocketFault>({ status, detail }))
  }
  socket.addEventListener('open', () => {
    clearTimeout(late)
    isOpen = true
    resolve(ok(asSocket(socket)))
  })
  socket.addEventListener('error', (event) => {
    detail = 'message' in event ? String(event.message) : detail
  })
  socket.addEventListener('message', ({ data }: MessageEvent<string | Uint8Array>) => {
    if (!isClosed) ears.message(data)
  })
  socket.addEventListener('close', ({ code, reason }) => {
    if (!isOpen) return fail(Number(STATUS.exec(detail)?.[1] ?? 0))
    if (!isClosed) ears.closed(code, reason)
    isClosed = true
  })
  return promise
}

/** The runtime's own sockets can do more than the standard's, whose types these are. */
const RuntimeSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket

const dial = ({ url, headers, proxy }: SocketRequest): Bun.WebSocket => {
  const options: Bun.WebSocketOptions = {
    headers: { ...headers },
    perMessageDeflate: false,
    // Said, so that no variable of the environment can turn the check off.
    tls: { rejectUnauthorized: true },
    ...(proxy === undefined ? {} : { proxy: throughProxy(proxy) }),
  }
  const socket = new RuntimeSocket(url, options)
  socket.binaryType = 'nodebuffer'
  return socket
}

const throughProxy = ({ hostname, port, authorization }: HttpProxy) => ({
  url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`,
  headers: authorization === undefined ? {} : { 'proxy-authorization': authorization },
})

const asSocket = (socket: Bun.WebSocket): Socket => ({
  send(message) {
    if (socket.readyState === WebSocket.OPEN) socket.send(message as string | Uint8Array<ArrayBuffer>)
  },
  get bufferedBytes() {
    return socket.bufferedAmount
  },
  ping() {
    if (socket.readyState === WebSocket.OPEN) socket.ping()
  },
  close: (code, reason) => socket.close(sendable(code), shortened(reason)),
  terminate: () => socket.terminate(),
})

/** Codes that only tell what happened here are never sent (RFC 6455 §7.4.1). */
export const sendable = (code: number): number =>
  code === NORMAL || (code > NORMAL && code < 1004) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999)
    ? code
    : NORMAL

/** A close frame takes 123 bytes of reason. */
export const shortened = (reason: string): string => {
  const bytes = Buffer.from(reason)
  return bytes.length <= 123 ? reason : bytes.toString('utf8', 0, 120).replace(/\uFFFD+$/, '')
}
