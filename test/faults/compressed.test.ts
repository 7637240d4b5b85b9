import { afterAll, beforeAll, describe, expect, test, setDefaultTimeout } from 'bun:test'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { chatAnswer, DIALECTS, reply, type Stage, START_MS, startStage } from './scripted.ts'

const GZIP = { 'content-encoding': 'gzip' }
const PEAK_KB_MAX = 400 * 1_024

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

/** The most memory the gateway has ever had. */
const peakKb = (): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${stage.gateway.pid}/status`, 'utf8'))?.[1] ?? Number.NaN)

/** Half a megabyte that unfolds to five hundred. */
const bomb = (): Uint8Array =>
  gzipSync(Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(500_000_000, 'x'), Buffer.from('"}')]))

describe('an answer that came compressed though it was asked for plain', () => {
  // First of all, and alone: the peak is that of the whole process.
  test('and unfolds a thousandfold is refused, free, and never in memory as a whole', async () => {
    const folded = bomb()
    expect(folded.length).toBeLessThan(500_000)
    const answer = await stage.ask(DIALECTS.chat, reply(200, folded, GZIP))
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({
      error: { code: 'upstream_unreadable', message: expect.stringContaining('larger than this gateway takes') },
    })
    expect(await stage.settled()).toMatchObject({ ended: 'failed', cost_usd: '0.000000000' })
    expect(peakKb()).toBeLessThan(PEAK_KB_MAX)
  })

  test('is read and charged where its size is ordinary', async () => {
    const answer = await stage.ask(DIALECTS.chat, reply(200, gzipSync(JSON.stringify(chatAnswer())), GZIP))
    expect(await answer.json()).toEqual(chatAnswer())
    expect(await stage.settled()).toMatchObject({ ended: 'whole', usage: { input: 10, output: 5 } })
  })

  test.each(Object.values(DIALECTS))('and is not what it says is unreadable and free ($name)', async (dialect) => {
    const answer = await stage.ask(dialect, reply(200, 'plain', GZIP))
    expect([answer.status, await answer.json()]).toEqual([
      502,
      expect.objectContaining({ error: expect.objectContaining({ message: expect.stringContaining('not readable') }) }),
    ])
    expect(await stage.settled()).toMatchObject({ ended: 'failed', cost_usd: '0.000000000' })
  })
})
