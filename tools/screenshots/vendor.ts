import { createServer, type IncomingMessage } from 'node:http'

/** A vendor on loopback that speaks Anthropic's API, for the few requests that really go through the gateway. */
export interface Vendor {
  readonly url: string
  stop(): void
}

const TEXT = 'Leave by the north gate and follow the quay; the harbour is ten minutes on foot.'

const CHARACTERS_PER_TOKEN = 4

/** As many tokens as a body of so many characters may have, two thirds of them from the cache: no more than was held for. */
const inputOf = (length: number) => {
  const cached = Math.floor(length / CHARACTERS_PER_TOKEN / 1.5)
  return { input_tokens: Math.ceil(length / CHARACTERS_PER_TOKEN) - cached, cache_read_input_tokens: cached }
}

const bodyOf = async (request: IncomingMessage): Promise<{ readonly model?: string; readonly length: number }> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString()
  return { ...(text === '' ? {} : JSON.parse(text)), length: text.length }
}

export const startVendor = async (): Promise<Vendor> => {
  const server = createServer((request, response) => {
    void bodyOf(request).then(({ model, length }) => {
      const answer = {
        ...{ id: 'msg_01demo', type: 'message', role: 'assistant', model },
        ...{ stop_reason: 'end_turn', stop_sequence: null, content: [{ type: 'text', text: TEXT }] },
        usage: { ...inputOf(length), output_tokens: Math.ceil(TEXT.length / CHARACTERS_PER_TOKEN) },
      }
      // As long as a vendor takes that thinks about it.
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(request.url?.startsWith('/v1/models') === true ? { data: [] } : answer))
      }, 140)
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.close() }
}
