import { describe, expect, test } from 'bun:test'
import { ConnectAnswer, CREDENTIALS_REFUSED } from './connect-answer.ts'

const heard = (...pieces: readonly string[]) => {
  const answer = new ConnectAnswer()
  let last: ReturnType<ConnectAnswer['push']> | undefined
  for (const piece of pieces) last = answer.push(Buffer.from(piece, 'latin1'))
  return last
}

const OPEN = { ok: true, value: 'open' }
const ANSWERS: readonly (readonly [string, string, unknown])[] = [
  ['a 200', 'HTTP/1.1 200 Connection established\r\n\r\n', OPEN],
  ['a 200 of HTTP/1.0', 'HTTP/1.0 200 OK\r\nvia: x\r\n\r\n', OPEN],
  ['any 2xx, whatever it says of a body', 'HTTP/1.1 204 x\r\ncontent-length: 5\r\n\r\n', OPEN],
  ['a 200 behind an interim answer', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', OPEN],
  ['a 407', 'HTTP/1.1 407 x\r\ncontent-length: 3\r\n\r\nno!', { ok: false, error: CREDENTIALS_REFUSED }],
  ['a 502', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', { ok: false, error: 'the proxy answers 502' }],
  ['a redirect', 'HTTP/1.1 302 x\r\nlocation: http://e\r\n\r\n', { ok: false, error: 'the proxy answers 302' }],
  ['what is no HTTP', 'SSH-2.0-x\r\n\r\n', { ok: false, error: expect.stringContaining('no HTTP') }],
]

describe('a proxy that answers CONNECT with', () => {
  test.each(ANSWERS)('%s is understood, at every cut', (_what, text, expected) => {
    expect(heard(text) as unknown).toEqual(expected)
    const end = text.lastIndexOf('\r\n\r\n') + 4
    for (let at = 1; at < end; at += 1) expect(heard(text.slice(0, at), text.slice(at)) as unknown).toEqual(expected)
  })

  test('bytes behind its answer opens no tunnel: the server has not been spoken to', () => {
    expect(heard('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n')).toMatchObject({ ok: false })
  })

  test('a head without an end is given up', () => {
    expect(heard('HTTP/1.1 200 OK\r\n', `x: ${'y'.repeat(16_384)}`)).toMatchObject({ ok: false })
    expect(heard('HTTP/1.1 200 OK\r\n', 'x: y\r\n')).toEqual({ ok: true, value: 'more' })
  })
})
