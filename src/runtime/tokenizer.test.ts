import { expect, test } from 'bun:test'
import { Worker } from 'node:worker_threads'
import { createTokenCounter } from './tokenizer.ts'

test('counts in a worker', async () => {
  const counter = createTokenCounter()
  expect(await Promise.all([counter.count('hello world'), counter.count('')])).toEqual([2, 0])
  counter.close()
})

test('reckons by length when too much is waiting', async () => {
  const counter = createTokenCounter({ waitingMax: 0 })
  expect(await counter.count('12345678')).toBe(2)
  const full = createTokenCounter({ waitingCharsMax: 5 })
  expect(await full.count('12345678')).toBe(2)
  counter.close()
  full.close()
})

test('reckons by length when the worker dies, and gives up on workers that keep dying', async () => {
  let spawned = 0
  const spawn = () => {
    spawned++
    return new Worker('throw new Error("broken")', { eval: true })
  }
  const counter = createTokenCounter({ spawn, restartsMax: 1 })
  for (let n = 0; n < 4; n++) expect(await counter.count('12345678')).toBe(2)
  expect(spawned).toBe(2)
  counter.close()
})

test('reckons what is still waiting when it is closed, and everything after', async () => {
  const counter = createTokenCounter()
  const waiting = counter.count('one two three four')
  counter.close()
  expect(await waiting).toBe(5)
  expect(await counter.count('12345678')).toBe(2)
})
