import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { until } from '../harness/server-process.ts'
import { fixture, textOf } from './formats.ts'
import { CHAT, DIALECTS, reply, type Script, type Stage, START_MS, stream } from './scripted.ts'
import { BEGINS, never, OVERLOADED, recorded, SAID, sides, startTwoChannels, STREAM, tells } from './two-channels.ts'

setDefaultTimeout(30_000)

const { chat, gemini, messages } = DIALECTS

let stage: Stage
beforeAll(async () => {
  stage = await startTwoChannels()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

describe('a stream that is silent before its content', () => {
  /** Begins, waits until it is told, and fails. */
  const failingLate = () => {
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const script = stream(async (out) => {
      await out.write(BEGINS)
      await begun
      await out.write(OVERLOADED.at(-1) ?? '')
      out.end()
    })
    return { script, fail: resolve }
  }

  test('is told to its client after a time, and another channel answers all the same, whole', async () => {
    const late = failingLate()
    const answer = await stage.ask(messages, sides(late.script, recorded(messages).script), STREAM)
    expect(answer.status).toBe(200)
    late.fail()
    const text = await answer.text()
    expect(text).toStartWith('event: ping')
    expect(text.match(/event: message_start/g)).toHaveLength(1)
    expect(text).toContain('event: message_stop')
    const receipt = await stage.settled()
    expect(receipt).toMatchObject({ ended: 'whole', channel: 'claude-b', attempts: [{ status: 529 }, { status: 200 }] })
  })

  test('and for which nobody answers in the end is told so by an event', async () => {
    const late = failingLate()
    const answer = await stage.ask(messages, sides(late.script, tells(OVERLOADED)), STREAM)
    late.fail()
    const text = await answer.text()
    expect([answer.status, text.includes('message_start')]).toEqual([200, false])
    expect(text).toContain('event: error')
    expect(text).toContain('overloaded_error')
    expect(await stage.settled()).toMatchObject({ ended: 'failed', status: 529, cost_usd: '0.000000000' })
  })

  /** Begins in Chat, and breaks off once its client has been told that it has begun. */
  const breakingLate: Script = async (socket, asked) => {
    await stream((out) => out.write(CHAT.text('')))(socket, asked)
    await Bun.sleep(3_500)
    socket.destroy()
  }

  test('may be answered in one piece by another channel, which is told as a stream where it is translated', async () => {
    const piece = reply(200, textOf(fixture('own-anthropic-messages-text')))
    const answer = await stage.ask(chat, sides(breakingLate, piece), { body: { stream: true, model: 'mixed' } })
    const text = await answer.text()
    expect(text).toMatch(/^: keep-alive\n\n[\s\S]*"content":"[^"]+[\s\S]*"finish_reason":"stop"[\s\S]*\[DONE\]\n\n$/)
    const billed = { cost_usd: expect.not.stringMatching(/^0\.0+$/), usage_source: 'upstream' }
    expect(await stage.settled()).toMatchObject({ ended: 'whole', status: 200, channel: 'mixed-b', ...billed })
  })

  test('and is answered in one piece in the client’s own format is over: nothing is charged', async () => {
    const piece = reply(200, textOf(fixture('own-openai-chat-text')))
    const answer = await stage.ask(chat, sides(breakingLate, piece), STREAM)
    expect(await answer.text()).toContain('"code":"upstream_unreadable"')
    expect(await stage.settled()).toMatchObject({ ended: 'failed', status: 502, cost_usd: '0.000000000' })
  })

  test('is told to have failed in the list that its client reads, whatever the provider streams in', async () => {
    const asked = { ...gemini, path: '/v1beta/models/chat:streamGenerateContent' }
    const answer = await stage.ask(asked, sides(breakingLate, reply(500, SAID)))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(await answer.json()).toMatchObject([{ error: { code: 502 } }])
    expect(await stage.settled()).toMatchObject({ ended: 'failed', cost_usd: '0.000000000' })
  })

  test('ends with its client’s hang-up, and no other is asked', async () => {
    const before = stage.upstream.asked.length
    const controller = new AbortController()
    const silent = stream((out) => out.write(BEGINS))
    const asking = stage.ask(messages, sides(silent, never), { ...STREAM, signal: controller.signal })
    asking.catch(() => undefined)
    await until('the request upstream', () => stage.upstream.asked.length > before)
    controller.abort()
    await until('the end of the request upstream', () => stage.upstream.asked[before]?.gone === true)
    expect(await stage.settled()).toMatchObject({ ended: 'client_cut', cost_usd: '0.000000000' })
    expect(stage.upstream.asked).toHaveLength(before + 1)
  })
})
