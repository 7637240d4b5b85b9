import { createServer, type Server, type Socket } from 'node:net'
import { answerOne, type Exchange, type SeenRequest, type Unjudged } from './exchange.ts'
import { type Fault, Faults } from './fault.ts'
import { readRequests } from './http.ts'
import { type Interaction, loadInteractions } from './interaction.ts'
import { expectNoneRefused, type Refused } from './judge.ts'
import { Library } from './match.ts'

export interface ReplayOptions {
  /** Folders of interactions, `<folder>/<api>/<id>.json`; of two with one id, the later folder wins. */
  readonly folders?: readonly string[]
  readonly interactions?: readonly Interaction[]
  /** The provider keys that count as valid. */
  readonly keys: readonly string[]
  /** Why requests are not judged by their content: for the whole server, or by the id of an interaction. */
  readonly unjudged?: Unjudged
}

export interface Replay {
  /** `http://127.0.0.1:PORT`; OpenAI kinds take it with `/v1`. */
  readonly url: string
  readonly interactions: readonly Interaction[]
  requests(): readonly SeenRequest[]
  /** What was wrong with requests, in words: each was answered with 599. */
  complaints(): readonly string[]
  /** Requests that the real API would have refused, each with what for: they were answered as it would. */
  refused(): readonly Refused[]
  /** Forgets requests and complaints, but nothing that was refused. */
  forget(): void
  /** Puts a fault in force, for one interaction or for all of them; `undefined` heals. */
  control(fault: Fault | undefined, id?: string): void
  /** From now on every request gets the fault that is drawn for it, unless another is in force. */
  draw(fault: () => Fault): void
  openConnections(): number
  /** Ends it. Rejects if it was sent anything that a real API would have refused, so that a suite fails on it. */
  stop(): Promise<void>
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address && typeof address === 'object') resolve(address.port)
      else reject(new Error('the replay upstream has no port'))
    })
  })

const serve = async (exchange: Exchange, socket: Socket): Promise<void> => {
  const { acceptDelayMs } = exchange.faults
  if (acceptDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, acceptDelayMs))
  for await (const request of readRequests(socket)) {
    if (!(await answerOne(exchange, socket, request))) break
  }
  // After `end` the last bytes are still on their way; `destroy` at once would lose them.
  if (!socket.writableEnded) socket.destroy()
}

/**
 * Starts a vendor on a loopback port that answers from stored interactions, byte for byte, with faults on demand. One
 * server is OpenAI, Anthropic, Gemini and every compatible vendor at once: the path says which API is meant, and the
 * interaction is named by the model (its id) or found by an equal body.
 */
export const startReplay = async (options: ReplayOptions): Promise<Replay> => {
  const interactions = [...(options.folders ?? []).flatMap(loadInteractions), ...(options.interactions ?? [])]
  const exchange: Exchange = {
    library: new Library(interactions),
    faults: new Faults(),
    keys: options.keys,
    seen: [],
    complaints: [],
    refused: [],
    unjudged: options.unjudged ?? '',
  }
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A peer that resets is one of the things under test; it shows in the outcome of its request.
    socket.on('error', () => socket.destroy())
    void serve(exchange, socket)
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    interactions,
    requests: () => exchange.seen,
    complaints: () => exchange.complaints,
    refused: () => exchange.refused,
    forget: () => {
      exchange.seen.length = 0
      exchange.complaints.length = 0
    },
    control: (fault, id) => exchange.faults.set(fault, id),
    draw: (fault) => exchange.faults.draw(fault),
    openConnections: () => sockets.size,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      expectNoneRefused(exchange.refused)
    },
  }
}
