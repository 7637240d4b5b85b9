import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Buckets, errorBody, type Pieces, type Saying, streamed, unary } from './answers.ts'
import { type Random, randomOf, weighted } from './random.ts'
import type { Format } from './world.ts'

/** How an upstream answers once. */
export type Manner = keyof typeof MANNERS

/** How often it does what; not a word of it is known to the gateways. */
const MANNERS = {
  /** Everything as it should be. */
  well: 900,
  /** Everything but the usage. */
  'without usage': 8,
  'status 500': 14,
  'status 503': 8,
  'status 429': 10,
  'status 400': 3,
  /** The connection breaks off, or the stream just ends. */
  broken: 16,
  /** A stream tells an error. */
  failing: 8,
  /** Nothing comes any more. */
  stalled: 3,
} as const

/** One answer, as whoever gave it remembers it. What the gateways say of it is held against this. */
export interface Serve {
  readonly id: number
  /** The client's mark on the request. */
  readonly mark: number
  readonly model: string
  readonly manner: Manner
  readonly isStream: boolean
  readonly usage: Buckets | undefined
  readonly tier: string | undefined
  /** Words it has let go of, into its socket at least. */
  wordsSent: number
  /** Everything up to the end mark was let go of. */
  isWhole: boolean
}

export interface Upstream {
  readonly url: string
  readonly serves: readonly Serve[]
  stop(): Promise<void>
}

/** What a client writes into its prompt: who it is, and how much input and output may be told without surprise. */
const MARK = /mark-(\d+)-in-(\d+)-out-(\d+)-(\w+)/
export const markOf = (mark: number, inputMax: number, outputMax: number, kind: 'plain' | 'surprise'): string =>
  `mark-${mark}-in-${inputMax}-out-${outputMax}-${kind}`

const SURPRISE = 40
const WORDS_MAX = 60

/** What the request that carries a mark will be told it has used. */
const drawUsage = (random: Random, format: Format, inputMax: number, outputMax: number, factor: number): Buckets => {
  const total = random.between(1, inputMax) * factor
  const cacheRead = random.chance(0.4) ? random.between(0, Math.floor(total / 2)) : 0
  const writes = format !== 'gemini' && random.chance(0.3)
  const cacheWrite5m = writes ? random.between(0, Math.floor(total / 4)) : 0
  const cacheWrite1h = writes && format === 'messages' ? random.between(0, Math.floor(total / 4)) : 0
  const output = random.between(1, outputMax) * factor
  const reasoning = format !== 'messages' && random.chance(0.3) ? random.between(0, output - 1) : 0
  return {
    input: total - cacheRead - cacheWrite5m - cacheWrite1h,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h,
    output,
    reasoning,
  }
}

/** The tier it says it served: what was asked for, the standard one, or nothing. */
const drawTier = (random: Random, format: Format, body: string): string | undefined => {
  if (format !== 'chat' && format !== 'responses') return undefined
  const asked = /"service_tier":\s*"(\w+)"/.exec(body)?.[1]
  if (asked === undefined) return random.chance(0.5) ? 'default' : undefined
  return random.chance(0.1) ? undefined : random.chance(0.1) ? 'default' : asked
}

const FORMAT_OF: readonly (readonly [RegExp, Format])[] = [
  [/\/chat\/completions$/, 'chat'],
  [/\/v1\/responses$/, 'responses'],
  [/\/v1\/messages$/, 'messages'],
  [/\/v1beta\/models\//, 'gemini'],
]

/** An upstream in this process, on a port of its own of 127.0.0.1. */
export const startUpstream = async (seed: number): Promise<Upstream> => {
  const serves: Serve[] = []
  const server = createServer((request, answer) => {
    void bodyOf(request).then((body) => serveOne(serves, seed, { path: request.url ?? '', body }, answer))
    // Whoever asks may hang up at any time.
    answer.on('error', () => answer.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    serves,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What came, as far as it came: half a body has no mark. */
const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    return ''
  }
  return Buffer.concat(chunks).toString()
}

interface Wire {
  readonly path: string
  readonly body: string
}

const serveOne = async (serves: Serve[], seed: number, { path, body }: Wire, answer: ServerResponse): Promise<void> => {
  const [bare = ''] = path.split('?')
  const format = FORMAT_OF.find(([shape]) => shape.test(bare))?.[1]
  const mark = MARK.exec(body)
  if (!format || !mark) return void answer.writeHead(418).end(`neither ${path} nor the body is of this workload`)
  const id = serves.length
  const random = randomOf(seed + Number(mark[1]) * 31 + id)
  const drawn = weighted(random, MANNERS)
  const manner: Manner = drawn === 'without usage' && format === 'messages' ? 'well' : drawn
  const usage = drawUsage(random, format, Number(mark[2]), Number(mark[3]), mark[4] === 'surprise' ? SURPRISE : 1)
  const serve: Serve = {
    ...{ id, mark: Number(mark[1]), manner, wordsSent: 0, isWhole: false },
    isStream: /:streamGenerateContent$/.test(bare) || /"stream":\s*true/.test(body),
    model: /\/models\/([\w-]+)/.exec(bare)?.[1] ?? /"model":\s*"([\w-]+)"/.exec(body)?.[1] ?? '',
    usage: manner === 'without usage' ? undefined : usage,
    tier: drawTier(random, format, body),
  }
  serves.push(serve)
  const words = random.between(1, Math.min(WORDS_MAX, usage.output - usage.reasoning))
  await play(serve, { ...serve, serve: id, words }, format, random, answer)
}

const JSON_TYPE = { 'content-type': 'application/json' }

const play = async (
  serve: Serve,
  saying: Saying,
  format: Format,
  random: Random,
  answer: ServerResponse,
): Promise<void> => {
  const { manner, isStream } = serve
  const status = Number(/^status (\d+)$/.exec(manner)?.[1] ?? 0)
  if (status > 0) return void answer.writeHead(status, JSON_TYPE).end(JSON.stringify(errorBody(format, status)))
  if (manner === 'stalled' && (!isStream || random.chance(0.3))) {
    await silence(answer)
    return void answer.destroy()
  }
  if (random.chance(0.1)) await Bun.sleep(random.between(1, 60))
  if (isStream) return playStream(serve, streamed[format](saying), random, answer)
  const body = JSON.stringify(unary[format](saying))
  answer.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) })
  if (manner === 'broken') {
    answer.write(body.slice(0, body.length / 2))
    await Bun.sleep(1)
    return void answer.destroy()
  }
  serve.wordsSent = saying.words
  serve.isWhole = true
  answer.end(body)
}

/** Until the gateway has had enough; not for ever, whatever it does. */
const silence = (answer: ServerResponse): Promise<void> =>
  Promise.race([new Promise<void>((resolve) => answer.once('close', () => resolve())), Bun.sleep(20_000)])

const playStream = async (serve: Serve, pieces: Pieces, random: Random, answer: ServerResponse): Promise<void> => {
  const { manner } = serve
  const isSlow = random.chance(0.25)
  const isFull = manner === 'well' || manner === 'without usage'
  const last = isFull ? pieces.words.length : random.between(0, pieces.words.length)
  answer.writeHead(200, { 'content-type': 'text/event-stream' })
  if (pieces.head !== '') answer.write(pieces.head)
  for (const { count, text } of pieces.words.slice(0, last)) {
    if (isSlow) await Bun.sleep(random.between(1, 25))
    if (answer.destroyed) return
    serve.wordsSent += count
    answer.write(text)
  }
  if (manner === 'stalled') {
    await silence(answer)
    return void answer.destroy()
  }
  if (manner === 'broken' && random.chance(0.5)) {
    await Bun.sleep(1)
    return void answer.destroy()
  }
  serve.isWhole = isFull
  answer.end(isFull ? pieces.tail : manner === 'failing' ? pieces.error : '')
}
