/** A small wait between events lets a reader see that the answer streams. */
export const EVENT_DELAY_MS = 10

/** Sends these pieces one by one, as they are read but no faster than one a delay; a reader that leaves ends it. */
export const paced = (pieces: readonly string[], signal: AbortSignal, delayMs: number): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let next = 0
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (next > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
        const piece = pieces[next++]
        if (signal.aborted) controller.error(signal.reason)
        else if (piece === undefined) controller.close()
        else controller.enqueue(encoder.encode(piece))
      },
    },
    // Nothing is made before it is asked for.
    { highWaterMark: 0 },
  )
}

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

/** Frames data as server-sent events. */
export const sse = (data: readonly unknown[]): string[] => data.map((one) => `data: ${JSON.stringify(one)}\n\n`)

/** An event of a format that names its events. */
export type NamedEvent = { readonly type: string } & Readonly<Record<string, unknown>>

export const namedSse = (events: readonly NamedEvent[]): string[] =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)

export interface Turn {
  readonly body: Readonly<Record<string, unknown>>
  /** A name for this answer, unique among answers. */
  readonly id: string
  readonly nowSeconds: number
  /** Sends a stream of ready-framed events. */
  readonly stream: (events: readonly string[]) => Response
}
