/** A vendor that speaks Anthropic's API, with real keys, moods and costs. */
export interface Vendor {
  /** As the SDK of the vendor takes it. */
  readonly url: string
  /** Every message that was asked for, by the key that asked. */
  readonly asked: string[]
  isWell: boolean
  stop(): Promise<void>
}

export const VENDOR_MODEL = 'claude-haiku-4-5'
export const VENDOR_KEY = 'sk-ant-journeys-0123456789-good'
export const REVOKED_VENDOR_KEY = 'sk-ant-journeys-0123456789-gone'

/** What every answer uses. */
export const USAGE = { input: 1_000, output: 200 } as const
export const SAID = 'The harbour is at the end of the street.'

const refusal = (status: number, type: string, message: string): Response =>
  Response.json({ type: 'error', error: { type, message } }, { status })

const head = (model: string) => ({ id: 'msg_01journeys', type: 'message', role: 'assistant', model })

const whole = (model: string): Response =>
  Response.json({
    ...head(model),
    ...{ stop_reason: 'end_turn', stop_sequence: null, content: [{ type: 'text', text: SAID }] },
    usage: { input_tokens: USAGE.input, output_tokens: USAGE.output },
  })

const streamed = (model: string): Response => {
  const words = SAID.match(/\S+\s*/g) ?? []
  const usage = { input_tokens: USAGE.input, output_tokens: 1 }
  const events = [
    { type: 'message_start', message: { ...head(model), content: [], stop_reason: null, usage } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...words.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: USAGE.output } },
    { type: 'message_stop' },
  ]
  const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } })
}

/** Starts it on loopback. */
export const startVendor = (): Vendor => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const key = request.headers.get('x-api-key') ?? ''
      if (key !== VENDOR_KEY) return refusal(401, 'authentication_error', 'invalid x-api-key')
      if (new URL(request.url).pathname === '/v1/models')
        return Response.json({ data: [{ type: 'model', id: VENDOR_MODEL }], has_more: false })
      const { model, stream } = (await request.json()) as { readonly model: string; readonly stream?: boolean }
      vendor.asked.push(key)
      if (!vendor.isWell) return refusal(500, 'api_error', 'Internal server error')
      return stream === true ? streamed(model) : whole(model)
    },
  })
  const vendor: Vendor = {
    url: `http://127.0.0.1:${server.port}`,
    asked: [],
    isWell: true,
    stop: () => server.stop(true),
  }
  return vendor
}
