import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { err, ok } from '../result.ts'
import type { UpstreamAnswer } from '../upstream/types.ts'
import { linesOf } from './results.ts'

const answerOf = (pieces: readonly Uint8Array[], breaksOff = false): UpstreamAnswer => {
  const rest = [...pieces]
  return {
    status: 200,
    headers: new Headers(),
    read: async () => {
      const piece = rest.shift()
      const failed = { kind: 'reset', untouched: false, detail: 'gone' } as const
      return piece === undefined && breaksOff ? err(failed) : ok(piece)
    },
    whole: () => Promise.reject(new Error('results are read as they come')),
    cancel: () => undefined,
  }
}

const collect = async (pieces: readonly Uint8Array[], bytesMax = 1_000) => {
  const lines: (string | undefined)[] = []
  for await (const line of linesOf(answerOf(pieces), bytesMax)) lines.push(line)
  return lines
}

describe('lines of results', () => {
  test('come out whole, wherever the answer was cut', async () => {
    const texts = fc.array(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\n/.test(text) && text.trim() !== ''),
    )
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat({ max: 40 })), fc.boolean(), async (lines, sizes, ends) => {
        const bytes = Buffer.from(lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))
        const pieces: Uint8Array[] = []
        let from = 0
        for (const size of sizes) {
          pieces.push(bytes.subarray(from, from + size))
          from += size
        }
        expect(await collect([...pieces, bytes.subarray(from)], 10_000)).toEqual([...lines])
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  test('that are too long are told as such, and those behind them are read', async () => {
    expect(await collect([Buffer.from('short\nmuch too'), Buffer.from(' long\nshort\n')], 8)).toEqual([
      'short',
      undefined,
      'short',
    ])
  })

  test('that are empty are passed over', async () => {
    expect(await collect([Buffer.from('\n\na\r\n \nb')])).toEqual(['a\r', 'b'])
  })

  test('of an answer that breaks off are never taken for all of them', async () => {
    const read = async (): Promise<string> => {
      for await (const line of linesOf(answerOf([Buffer.from('a\n')], true), 10)) expect(line).toBe('a')
      return 'all'
    }
    expect(await read().catch(String)).toContain('broke off')
  })
})
