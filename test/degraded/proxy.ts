import { connect, createServer, type Socket } from 'node:net'

/** A stretch of network to one server, which can be slow, or break. */
export interface TcpProxy {
  /** The same address, by way of this. */
  through(address: string): string
  /** From now on every piece of data takes so long, each way. */
  slowBy(delayMs: number): void
  /** Breaks every connection there is. New ones are made as before. */
  cut(): void
  /** Breaks every connection there is, and each new one at once, until it is told that it may pass again. */
  block(isBlocked: boolean): void
  stop(): Promise<void>
}

export const startProxy = async (address: string): Promise<TcpProxy> => {
  const target = Number(new URL(address).port)
  const sockets = new Set<Socket>()
  let delayMs = 0
  let isBlocked = false
  const pass = (from: Socket, to: Socket): void => {
    let dueMs = 0
    from.on('data', (data) => {
      // In order, also where the delay has just become shorter.
      dueMs = Math.max(dueMs, Date.now() + delayMs)
      setTimeout(() => to.write(data), Math.max(0, dueMs - Date.now()))
    })
  }
  const server = createServer({ noDelay: true }, (client) => {
    if (isBlocked) return void client.destroy()
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      pass(one, other)
      one.on('error', () => one.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound ? bound.port : 0)
    }),
  )
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    through: (other) => {
      const url = new URL(other)
      url.port = String(port)
      return url.href
    },
    slowBy: (ms) => {
      delayMs = ms
    },
    cut,
    block: (blocked) => {
      isBlocked = blocked
      if (blocked) cut()
    },
    stop: async () => {
      cut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
