// A provider that answers at once with canned bytes, so that only what stands before it is measured.
import { chatAnswer, chatStream } from './bodies.ts'

const unary = chatAnswer()
const stream = chatStream(50)
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const body = await request.bytes()
    // The flag stands at the end of the body the load generator sends.
    const wantsStream = Buffer.from(body.buffer, body.byteOffset + Math.max(0, body.length - 200)).includes('"stream":true')
    if (!wantsStream) return new Response(unary, { headers: { 'content-type': 'application/json' } })
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
  },
})
console.log(`upstream ${server.port}`)
