/** One event of a stream of server-sent events. */
export interface StreamEvent {
  /** `message` where the server names none. */
  readonly name: string
  readonly data: string
}

/** Characters of one event: a server that never ends one must not fill the memory of the browser. */
const EVENT_CHARACTERS_MAX = 4_000_000

/**
 * Reads a stream of server-sent events (WHATWG HTML, section 9.2) event by event. Ends with the stream; throws where one event
 * is longer than four million characters.
 */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  let rest = ''
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      rest += value
      if (rest.length > EVENT_CHARACTERS_MAX) throw new RangeError('An event of the stream is too long.')
      // A line end that may still be half of `\r\n` waits for the other half.
      const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest
      const blocks = whole.replace(/\r\n?/g, '\n').split('\n\n')
      rest = `${blocks.pop() ?? ''}${rest.slice(whole.length)}`
      for (const block of blocks) {
        const event = readEvent(block)
        if (event) yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

const readEvent = (block: string): StreamEvent | undefined => {
  let name = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (field === 'event') name = value
    if (field === 'data') data.push(value)
  }
  return data.length === 0 ? undefined : { name, data: data.join('\n') }
}
