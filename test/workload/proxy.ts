import { connect, createServer, type Socket } from 'node:net'

/** Stands between the gateways and their database, and cuts. */
export interface CutProxy {
  readonly port: number
  /** Breaks every connection, whatever is on its way. Returns how many. */
  cut(): number
  /** Breaks every connection and lets nobody make one, until `release`. */
  sever(): void
  /** Passes nothing on, and breaks nothing, until `release`. */
  hold(): void
  release(): void
  stop(): Promise<void>
}

/** Forwards to a port of 127.0.0.1. */
export const startProxy = async (target: number): Promise<CutProxy> => {
  const sockets = new Set<Socket>()
  let isHeld = false
  let isSevered = false
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (bytes) => {
      if (!to.write(bytes)) from.pause()
    })
    to.on('drain', () => isHeld || from.resume())
    from.on('end', () => to.end())
    // A connection that was cut says so; that is the point.
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    if (isHeld) from.pause()
  }
  const server = createServer({ noDelay: true }, (client) => {
    if (isSevered) return client.resetAndDestroy()
    const database = connect({ port: target, host: '127.0.0.1', noDelay: true })
    join(client, database)
    join(database, client)
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
  const cut = (): number => {
    const count = sockets.size / 2
    for (const socket of sockets) socket.resetAndDestroy()
    return count
  }
  return {
    port,
    cut,
    sever: () => {
      isSevered = true
      cut()
    },
    hold: () => {
      isHeld = true
      for (const socket of sockets) socket.pause()
    },
    release: () => {
      isHeld = false
      isSevered = false
      for (const socket of sockets) socket.resume()
    },
    stop: () =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}
