import { expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { createKept, documentOf } from './docs-kept.ts'

test('documents are kept up to so many bytes, and those that nobody asked for go first', () => {
  const kept = createKept(100)
  for (const name of ['a', 'b']) kept.keep(name, documentOf('text/plain', name.repeat(20)))
  expect(kept.find('a')).toBeDefined()
  kept.keep('c', documentOf('text/plain', 'c'.repeat(20)))
  expect(['a', 'b', 'c'].map((name) => kept.find(name) !== undefined)).toEqual([true, false, true])
  kept.keep('large', documentOf('text/plain', 'l'.repeat(60)))
  expect([kept.find('large'), kept.bytes()]).toEqual([undefined, 80])
})

test('however many documents are asked for, two are compressed at once and the others are sent as they are', async () => {
  const documents = Array.from({ length: 20 }, (_, at) => documentOf('text/plain', `${at} `.repeat(1_000)))
  const sent = await Promise.all(documents.map((document) => document.gzipped()))
  expect(sent.filter((bytes) => bytes !== undefined)).toHaveLength(2)
  expect(gunzipSync(sent[0] ?? new Uint8Array()).toString()).toStartWith('0 0 ')
  // Once those are done it is the turn of others.
  expect(await documents[9]?.gzipped()).toBeDefined()
})
