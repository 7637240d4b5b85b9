import { describe, expect, test } from 'bun:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { err, ok } from '../../result.ts'
import type { ExchangeFault } from '../exchange.ts'
import { decodeBody, type ReadBody } from './content-coding.ts'

const RESET: ExchangeFault = { kind: 'reset', untouched: false, detail: 'gone' }

/** A body in pieces, and then its end or a fault; counts how often it was asked. */
const bodyOf = (coded: Uint8Array, pieceBytes: number, fault?: ExchangeFault) => {
  let at = 0
  const asked = { times: 0 }
  const source: ReadBody = async () => {
    asked.times += 1
    if (at >= coded.length) return fault ? err(fault) : ok(undefined)
    at += pieceBytes
    return ok(coded.subarray(at - pieceBytes, at))
  }
  return { source, asked }
}

const decodeAll = async (coding: string, source: ReadBody) => {
  const decoded = decodeBody(coding, source)
  if (!decoded) return undefined
  const chunks: Uint8Array[] = []
  for (;;) {
    const chunk = await decoded.read()
    if (!chunk.ok) return { text: Buffer.concat(chunks).toString(), end: chunk.error.kind }
    if (chunk.value === undefined) return { text: Buffer.concat(chunks).toString(), end: 'whole' }
    chunks.push(chunk.value)
  }
}

const TEXT = Array.from({ length: 3_000 }, (_, index) => `event ${index * 7919}\n`).join('')
const CODINGS: readonly (readonly [string, (plain: Buffer) => Buffer])[] = [
  ['gzip', (plain) => gzipSync(plain)],
  ['x-gzip', (plain) => gzipSync(plain)],
  ['deflate', (plain) => deflateSync(plain)],
  ['deflate', (plain) => deflateRawSync(plain)],
  ['br', (plain) => brotliCompressSync(plain)],
  ['zstd', (plain) => zstdCompressSync(plain)],
]

describe('a coded body', () => {
  for (const [coding, encode] of CODINGS) {
    const coded = encode(Buffer.from(TEXT))
    test(`in ${coding} is decoded however it is cut`, async () => {
      for (const pieceBytes of [coded.length, 1_000, 7])
        expect(await decodeAll(coding, bodyOf(coded, pieceBytes).source)).toEqual({ text: TEXT, end: 'whole' })
    })
    test(`in ${coding} that is cut short never ends cleanly`, async () => {
      const cut = coded.subarray(0, coded.length - 9)
      // The runtime takes a zstd frame for ended wherever it ends; whether the body ended is then for HTTP alone to say.
      if (coding !== 'zstd') expect((await decodeAll(coding, bodyOf(cut, 500).source))?.end).toBe('unreadable')
      expect((await decodeAll(coding, bodyOf(cut, 500, RESET).source))?.end).toBe('reset')
      expect((await decodeAll(coding, bodyOf(coded, 500, RESET).source))?.end).toBe('reset')
    })
    test(`in ${coding} that is garbage is unreadable`, async () => {
      const garbage = Buffer.from('x\x9c this is not what it says it is, and never was')
      expect((await decodeAll(coding, bodyOf(garbage, 10).source))?.end).toBe('unreadable')
    })
    test(`in ${coding} may be empty`, async () => {
      expect(await decodeAll(coding, bodyOf(Buffer.alloc(0), 1).source)).toEqual({ text: '', end: 'whole' })
    })
  }

  test('in a coding that is not known is not decoded', () => {
    for (const coding of ['compress', 'gzip, br', 'constructor', ''])
      expect(decodeBody(coding, bodyOf(Buffer.alloc(0), 1).source)).toBeUndefined()
  })

  test('that expands a thousandfold is decoded no further than it is read', async () => {
    const coded = gzipSync(Buffer.alloc(64 * 1_048_576))
    const { source } = bodyOf(coded, coded.length)
    const decoded = decodeBody('gzip', source)
    const before = process.memoryUsage().rss
    const first = await decoded?.read()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(first?.ok && first.value?.length).toBeLessThan(1_048_576)
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1_048_576)
    decoded?.close()
  })

  test('that is given up in the middle of a read lets the read end', async () => {
    let giveUp: (() => void) | undefined
    const hung = new Promise<void>((resolve) => {
      giveUp = resolve
    })
    const decoded = decodeBody('gzip', async () => {
      await hung
      return err({ kind: 'aborted', untouched: false, detail: 'cancelled' } as const)
    })
    const read = decoded?.read()
    decoded?.close()
    giveUp?.()
    expect(await read).toMatchObject({ ok: false, error: { kind: 'aborted' } })
  })
})
