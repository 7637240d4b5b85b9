// A provider that answers at once with canned bytes, so that only what stands before it is measured. It speaks HTTP on
// bare sockets: each event of a stream is a write of its own, as a vendor's server sends them.
import { createServer, type Socket } from 'node:net'
import { chatAnswer, chatStream } from './bodies.ts'

const answer = chatAnswer()
const UNARY = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`,
)
const STREAM_HEAD = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
)
const EVENTS = chatStream(50)
  .split(/(?<=\n\n)/)
  .map((event) => Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`))
const STREAM_END = Buffer.from('0\r\n\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')
/** The flags stand at the end of the body the load generator sends. */
const TAIL_BYTES = 120

const stream = async (socket: Socket, paceMs: number): Promise<void> => {
  socket.write(STREAM_HEAD)
  for (const event of EVENTS) {
    if (paceMs > 0) await new Promise((resolve) => setTimeout(resolve, paceMs))
    if (socket.destroyed) return
    socket.write(event)
  }
  socket.write(STREAM_END)
}

const respond = (socket: Socket, tail: Buffer): void => {
  if (!tail.includes('"stream":true')) socket.write(UNARY)
  else void stream(socket, tail.includes('"seed":5') ? 5 : 0)
}

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  let received: Buffer = Buffer.alloc(0)
  let expected = -1
  socket.on('data', (data: Buffer) => {
    received = received.length === 0 ? data : Buffer.concat([received, data])
    const head = expected === -1 ? received.indexOf(HEAD_END) : -1
    if (head !== -1)
      expected = head + 4 + Number(/content-length: (\d+)/i.exec(received.toString('latin1', 0, head))?.[1] ?? 0)
    if (expected === -1 || received.length < expected) return
    respond(socket, received.subarray(Math.max(0, expected - TAIL_BYTES), expected))
    received = received.subarray(expected)
    expected = -1
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`upstream ${typeof address === 'object' && address ? address.port : 0}`)
})
