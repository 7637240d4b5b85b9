import { expect, test } from 'bun:test'
import { createReader } from './read.ts'
import { callOf } from './test-parts.ts'

const limits = { bodyBytesMax: 1_000_000, depthMax: 100 }

const posted = (prompt: string, signal?: AbortSignal): Request => {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prompt }] })
  const headers = { 'content-length': String(Buffer.byteLength(body)) }
  return new Request('http://127.0.0.1/v1/chat/completions', { method: 'POST', body, headers, signal: signal ?? null })
}

/** Reads a body where the turn ends when it is told to; says whether it was waited for. */
const reading = (request: Request) => {
  const turn = Promise.withResolvers<void>()
  let waits = 0
  const read = createReader(limits, () => {
    waits += 1
    return turn.promise
  })
  return { answer: read({ ...callOf(), request }), endTurn: turn.resolve, waits: () => waits }
}

test('a small body waits for those that came with it', async () => {
  const { answer, endTurn, waits } = reading(posted('Hi'))
  let isRead = false
  void answer.then(() => {
    isRead = true
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect([isRead, waits()]).toEqual([false, 1])
  endTurn()
  expect(await answer).toMatchObject({ ok: true, value: { model: 'm' } })
})

test('a large body waits for nobody, and nobody for what is to be done with it', async () => {
  const { answer, waits } = reading(posted('x'.repeat(20_000)))
  expect(await answer).toMatchObject({ ok: true, value: { model: 'm' } })
  expect(waits()).toBe(0)
})

test('nothing begins for a client that was cut off while its request waited', async () => {
  const client = new AbortController()
  const { answer, endTurn } = reading(posted('Hi', client.signal))
  await new Promise((resolve) => setTimeout(resolve, 20))
  client.abort()
  endTurn()
  expect(await answer).toMatchObject({ ok: false, error: { kind: 'client-closed' } })
})
