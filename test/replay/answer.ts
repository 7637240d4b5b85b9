import type { Socket } from 'node:net'
import type { Fault } from './fault.ts'
import { renderHead } from './http.ts'

/** An answer ready to be put on the wire, faults aside. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array
  /** Sent without a length, in HTTP chunks, as vendors send streams. */
  readonly chunked: boolean
}

/** What became of an answer: sent to its end, given up because the peer left, or cut on purpose. */
export type Outcome = 'whole' | 'peer-left' | 'cut'

/** Waits, but no longer than the connection lives: the moment a peer hangs up is part of what tests look at. */
const sleep = (socket: Socket, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      socket.off('close', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    socket.once('close', done)
  })
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Writes and waits for the socket to take it, so that a peer who does not read stops us. */
const write = async (socket: Socket, data: Uint8Array | string): Promise<boolean> => {
  if (socket.destroyed || !socket.writable) return false
  if (socket.write(data)) return true
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
  return !socket.destroyed
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => resolve())
  })

/** Ends an answer in the way the fault says. */
const cutOff = async (socket: Socket, how: 'reset' | 'close' | 'end' | 'stall', chunked: boolean): Promise<Outcome> => {
  if (how === 'end') {
    if (chunked) await write(socket, '0\r\n\r\n')
    return 'cut'
  }
  // What was written first must reach the peer before the reset overtakes it.
  if (how === 'reset') {
    await sleep(socket, 20)
    socket.resetAndDestroy()
  } else if (how === 'close') {
    await new Promise<void>((resolve) => socket.end(() => resolve()))
    socket.destroy()
  }
  await closed(socket)
  return 'cut'
}

const framed = (piece: Uint8Array, chunked: boolean): Uint8Array => {
  if (!chunked) return piece
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}

/** Puts an answer on the wire with its fault. `sent` is told of each body byte handed over. */
export const sendAnswer = async (
  socket: Socket,
  answer: Answer,
  fault: Fault,
  sent: (bytes: number) => void,
): Promise<Outcome> => {
  if (fault.beforeHeadersMs) await sleep(socket, fault.beforeHeadersMs)
  await fault.released
  const { cut } = fault
  if (cut?.after === 'before-headers') return cutOff(socket, cut.how, false)
  const body = cut ? answer.body.subarray(0, cut.after) : answer.body
  // A message that ends properly though its content does not must announce the length it really has.
  const length = cut?.how === 'end' ? body.length : answer.body.length
  const framing: [string, string] = answer.chunked
    ? ['transfer-encoding', 'chunked']
    : ['content-length', String(length)]
  const head = Buffer.from(renderHead(answer.status, [...answer.headers, framing]))

  const pieceBytes = fault.pieceBytes ?? Math.max(1, body.length)
  const first = framed(body.subarray(0, pieceBytes), answer.chunked)
  // Head and first piece leave together, as from a server that writes its answer in one go.
  if (!(await write(socket, body.length > 0 ? Buffer.concat([head, first]) : head))) return 'peer-left'
  sent(Math.min(pieceBytes, body.length))
  for (let at = pieceBytes; at < body.length; at += pieceBytes) {
    if (fault.betweenPiecesMs) await sleep(socket, fault.betweenPiecesMs)
    else await nextTurn()
    const piece = body.subarray(at, at + pieceBytes)
    if (!(await write(socket, framed(piece, answer.chunked)))) return 'peer-left'
    sent(piece.length)
  }
  if (cut) return cutOff(socket, cut.how, answer.chunked)
  if (answer.chunked && !(await write(socket, '0\r\n\r\n'))) return 'peer-left'
  return socket.destroyed ? 'peer-left' : 'whole'
}
