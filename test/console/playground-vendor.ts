/** A vendor that speaks Anthropic's API, thinks aloud, and talks without end where it is asked to. */
export interface Thinker {
  readonly url: string
  /** The bodies it was asked with. */
  readonly asked: unknown[]
  stop(): Promise<void>
}

const PAUSE_MS = 30

const event = (data: { readonly type: string } & Readonly<Record<string, unknown>>): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
const block = (index: number, content_block: object): string =>
  event({ type: 'content_block_start', index, content_block })
const delta = (index: number, more: object): string => event({ type: 'content_block_delta', index, delta: more })
const stop = (index: number): string => event({ type: 'content_block_stop', index })

const HEAD = event({
  type: 'message_start',
  message: {
    id: 'msg_01playground',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content: [],
    usage: { input_tokens: 20, output_tokens: 1 },
  },
})

const THOUGHT = [
  HEAD,
  block(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'Hm, a signed ' }),
  delta(0, { type: 'thinking_delta', thinking: 'thought.' }),
  delta(0, { type: 'signature_delta', signature: 'c2lnbmVk' }),
  stop(0),
  block(1, { type: 'text', text: '' }),
  delta(1, { type: 'text_delta', text: 'Thought.' }),
  stop(1),
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 12 } }),
  event({ type: 'message_stop' }),
]

/** Pieces of a stream, one after the other; the last of one without end is said again and again. */
const streamed = (pieces: readonly string[], isEndless: boolean): Response => {
  const encoder = new TextEncoder()
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (at > 0) await Bun.sleep(PAUSE_MS)
      const piece = pieces[isEndless ? Math.min(at, pieces.length - 1) : at]
      at += 1
      if (piece === undefined) controller.close()
      else controller.enqueue(encoder.encode(piece))
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

const ENDLESS = [HEAD, block(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'and on ' })]

/** Starts it on loopback. */
export const startThinker = (): Thinker => {
  const asked: unknown[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const text = await request.text()
      asked.push(JSON.parse(text))
      const isEndless = text.includes('forever')
      return streamed(isEndless ? ENDLESS : THOUGHT, isEndless)
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, asked, stop: () => server.stop(true) }
}
