/** One exchange of a client and the gateway, as it went over the wire. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly request: string
  readonly status: number
  readonly answer: string
}

/** Stands between a client and the gateway, for whoever looks for the reason of a fault. Passes everything through. */
export interface Recorder {
  readonly url: string
  readonly exchanges: readonly Exchange[]
  stop(): Promise<void>
}

const ANSWER_CHARACTERS_MAX = 1_000_000

/** Reads one branch of a stream as it passes, up to a limit. */
const textOfStream = async (stream: ReadableStream<Uint8Array> | null): Promise<string> => {
  if (!stream) return ''
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream)
    if (text.length < ANSWER_CHARACTERS_MAX) text += decoder.decode(chunk, { stream: true })
  return text
}

/** Starts one before the gateway at `url`, on a free port of loopback. */
export const startRecorder = (url: string): Recorder => {
  const exchanges: Exchange[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 120,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const text = await request.text()
      const headers = new Headers(request.headers)
      for (const name of ['host', 'content-length', 'connection']) headers.delete(name)
      const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
      const answer = await fetch(url + pathname + search, {
        method: request.method,
        headers,
        ...(hasBody && { body: text }),
      })
      const [passing, kept] = answer.body?.tee() ?? [null, null]
      const index = exchanges.length
      const base = { method: request.method, path: pathname + search, request: text, status: answer.status }
      exchanges.push({ ...base, answer: '' })
      const keep = async (): Promise<void> => {
        exchanges[index] = { ...base, answer: await textOfStream(kept) }
      }
      keep().catch(() => {
        exchanges[index] = { ...base, answer: '(broke off)' }
      })
      const passed = new Headers(answer.headers)
      for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) passed.delete(name)
      return new Response(passing, { status: answer.status, headers: passed })
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, exchanges, stop: () => server.stop(true) }
}
