/** What a vendor was asked: everything that tests look at. */
export interface Asked {
  readonly path: string
  readonly headers: Headers
  readonly body: Uint8Array
}

/** One canned answer. */
export interface Canned {
  readonly status?: number
  readonly type: string
  readonly body: string | Uint8Array
  /** Ends the stream after so many bytes, as a connection that broke. */
  readonly cutAfter?: number
}

export interface Vendor {
  readonly url: string
  readonly asked: Asked[]
  /** What is answered from now on. */
  answer(next: Canned): void
  stop(): Promise<void>
}

/** A vendor in one process with the tests: it notes what it is asked, and answers what it was told to. */
export const startVendor = (): Vendor => {
  let next: Canned = { type: 'application/json', body: '{}' }
  const asked: Asked[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      asked.push({ path: new URL(request.url).pathname, headers: request.headers, body: await request.bytes() })
      const { status = 200, type, body, cutAfter } = next
      const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
      if (cutAfter === undefined)
        return new Response(bytes as Uint8Array<ArrayBuffer>, { status, headers: { 'content-type': type } })
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(bytes.subarray(0, cutAfter)),
        pull: (controller) => controller.close(),
      })
      return new Response(stream, { status, headers: { 'content-type': type } })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    asked,
    answer: (canned) => {
      next = canned
    },
    stop: () => server.stop(true),
  }
}

/** Events as OpenAI names and frames them. */
export const events = (list: readonly ({ readonly type: string } & Readonly<Record<string, unknown>>)[]): string =>
  list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
