import { spawn } from 'node:child_process'
import { connect, type Server, type Socket } from 'node:net'

/** A server's port on 127.0.0.1, and what has been connected to it. */
export interface Listening {
  readonly port: number
  readonly seen: { connections: number; open: number }
  stop(): void
}

/** Has a server listen on a free port, and count. */
export const listenOn = async (server: Server): Promise<Listening> => {
  const seen = { connections: 0, open: 0 }
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    seen.connections += 1
    seen.open += 1
    sockets.add(socket)
    // Connections are broken on purpose here: what a socket says of it is expected.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      seen.open -= 1
      sockets.delete(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    seen,
    stop: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Listens, and then never takes a connection again: its process sleeps, and its queue holds one. */
const DEAF = `
require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  require('node:fs').writeSync(1, String(this.address().port) + '\\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`

const QUEUE_FILLERS = 4

/** A port at which connecting neither succeeds nor fails: the queue of those to be accepted is full. */
export const listenDeaf = async (): Promise<{ readonly port: number; stop(): void }> => {
  const child = spawn('node', ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))))
  const fillers = Array.from({ length: QUEUE_FILLERS }, () => connect(port, '127.0.0.1'))
  for (const filler of fillers) filler.on('error', () => filler.destroy())
  await new Promise<void>((resolve) => fillers[0]?.once('connect', () => resolve()))
  return {
    port,
    stop: () => {
      for (const filler of fillers) filler.destroy()
      child.kill('SIGKILL')
    },
  }
}
