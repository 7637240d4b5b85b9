import { connect, createServer, type Socket } from 'node:net'
import { type Listening, listenOn } from './sockets.ts'

/**
 * What the proxy does with whoever connects: its work, an answer of its own, nothing at all, its end, or a tunnel through
 * which nothing comes.
 */
export type Behaviour = 'work' | 'hang' | 'hang-up' | 'tunnel-to-nowhere' | { readonly answer: string }

/** An HTTP proxy as others run them: it tunnels what is asked for with CONNECT and forwards what is not. */
export interface TestProxy extends Listening {
  /** Its address, with the credentials it wants where it wants any. */
  readonly url: string
  readonly bare: string
  behaviour: Behaviour
  /** The first line of each request, as it came. */
  readonly lines: string[]
  /** The `proxy-authorization` of each, decoded. */
  readonly credentials: (string | undefined)[]
}

const HEAD_END = '\r\n\r\n'
const DENIED = 'HTTP/1.1 407 Denied\r\nproxy-authenticate: Basic realm="p"\r\ncontent-length: 6\r\n\r\ndenied'

/** Starts it. `wanted`: `name:password`; without, it asks for none. */
export const startProxy = async (wanted?: string): Promise<TestProxy> => {
  const lines: string[] = []
  const credentials: (string | undefined)[] = []

  const tunnel = (socket: Socket, authority: string): void => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (proxy.behaviour === 'tunnel-to-nowhere') socket.resume()
    else join(socket, Number(authority.split(':').at(-1)))
  }
  /** What it does with a request; `true`: there may be another behind it. */
  const serve = (socket: Socket, head: string, body: Buffer, onward: (port: number) => Socket): boolean => {
    const [line = ''] = head.split('\r\n')
    const [method, target = ''] = line.split(' ')
    const said = /^proxy-authorization: Basic (.*)$/im.exec(head)?.[1]
    lines.push(line)
    credentials.push(said && Buffer.from(said, 'base64').toString())
    if (proxy.behaviour === 'hang') return false
    if (typeof proxy.behaviour === 'object') socket.end(proxy.behaviour.answer)
    else if (credentials.at(-1) !== wanted) socket.end(DENIED)
    else if (method === 'CONNECT') tunnel(socket, target)
    else {
      const { port, pathname, search } = new URL(target)
      const plain = head.replace(target, pathname + search).replace(/^proxy-authorization:.*\r\n/im, '')
      onward(Number(port)).write(Buffer.concat([Buffer.from(plain + HEAD_END, 'latin1'), body]))
      return true
    }
    return false
  }
  const server = createServer({ noDelay: true }, (socket) => {
    if (proxy.behaviour === 'hang-up') return void socket.destroy()
    let held = Buffer.alloc(0)
    let server: Socket | undefined
    const onward = (port: number): Socket => {
      server ??= answersOf(socket, port)
      return server
    }
    const take = (data: Buffer): void => {
      held = Buffer.concat([held, data])
      for (;;) {
        const end = held.indexOf(HEAD_END)
        if (end === -1) return
        const head = held.toString('latin1', 0, end)
        const whole = end + HEAD_END.length + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
        if (held.length < whole) return
        const body = held.subarray(end + HEAD_END.length, whole)
        held = held.subarray(whole)
        if (serve(socket, head, body, onward)) continue
        socket.off('data', take)
        return
      }
    }
    socket.on('data', take)
    return undefined
  })
  const listening = await listenOn(server)
  const bare = `http://127.0.0.1:${listening.port}`
  const [name = '', password = ''] = wanted?.split(':') ?? []
  const url =
    wanted === undefined ? bare : bare.replace('//', `//${encodeURIComponent(name)}:${encodeURIComponent(password)}@`)
  const proxy: TestProxy = { ...listening, url, bare, behaviour: 'work', lines, credentials }
  return proxy
}

/** A connection to the server, whose answers go to the client. */
const answersOf = (socket: Socket, port: number): Socket => {
  const onward = connect(port, '127.0.0.1')
  onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'))
  socket.on('close', () => onward.destroy())
  onward.on('close', () => socket.end())
  onward.pipe(socket)
  return onward
}

const join = (socket: Socket, port: number): void => void socket.pipe(answersOf(socket, port))
