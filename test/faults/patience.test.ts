import { afterAll, beforeAll, describe, expect, test, setDefaultTimeout } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { until } from './formats.ts'
import { CHAT, type Dialect, DIALECTS, type Script, type Stage, START_MS, startStage, stream } from './scripted.ts'

const { chat, gemini, messages, responses } = DIALECTS
const MEGABYTE = 1_048_576
const IDLE_MS = 3_000

/** Time-outs so short that every test would run into the wrong one. */
const SHORT = { streams: { keep_alive: '300ms', peek: '1ms' }, timeouts: { idle: `${IDLE_MS}ms` } }

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(40_000)

let delivered: Stage
let drained: Stage
beforeAll(async () => {
  const streams = { ...SHORT.streams, client_idle: '1s' }
  const started = await Promise.all([
    startStage({ ...SHORT, streams, limits: { event_bytes: '1KiB' } }),
    startStage({ ...SHORT, billing: { on_disconnect: 'drain' } }),
  ])
  delivered = started[0]
  drained = started[1]
}, START_MS)
/** Clients that do not read are let go before their gateway stops. */
const stalled: Socket[] = []
afterAll(async () => {
  for (const socket of stalled) socket.destroy()
  await Promise.all([delivered.stop(), drained.stop()])
}, START_MS)

/** A client of our own, which reads as slowly as it likes. */
const open = (stage: Stage, script: Script): Socket => {
  const body = JSON.stringify({ ...chat.body(stage.upstream.plays(script)), stream: true })
  const socket = connect(Number(new URL(stage.gateway.url).port), '127.0.0.1')
  // Hanging up is part of the tests.
  socket.on('error', () => socket.destroy())
  socket.write(
    `POST ${chat.path} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\nx-api-key: ${stage.customer.key}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  return socket
}

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1_024

/** Many events of ordinary size, in one write. */
const PIECE = CHAT.text('word '.repeat(150)).repeat(12)

describe('a client that reads slowly', () => {
  test('and pauses longer than an upstream may be silent gets its whole stream', async () => {
    const pieces = 800
    const socket = open(
      drained,
      stream(async (out) => {
        for (let piece = 0; piece < pieces; piece += 1) await out.write(PIECE)
        await out.write(CHAT.end(10, 50))
        out.end()
      }),
    )
    let bytes = 0
    let tail = ''
    const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        bytes += chunk.length
        tail = (tail + chunk.toString('latin1')).slice(-200)
        resolve()
      })
    })
    socket.pause()
    await Bun.sleep(IDLE_MS + 600)
    socket.resume()
    await ended
    expect(bytes).toBeGreaterThan(pieces * PIECE.length)
    expect(tail).toContain('data: [DONE]')
    expect(await drained.settled()).toMatchObject({ ended: 'whole', usage: { output: 50 }, usage_source: 'upstream' })
  })

  test('and takes nothing for too long is given up: the upstream is cancelled, and what it got is charged', async () => {
    const before = residentBytes(delivered.gateway.pid)
    const socket = open(
      delivered,
      stream(async (out) => {
        while (!out.gone) await out.write(PIECE)
      }),
    )
    stalled.push(socket)
    socket.pause()
    await until('the request upstream', () => delivered.upstream.asked.length > 0)
    // Looked at while it lasts: to count what was delivered, the tokeniser's tables are loaded after.
    let most = 0
    await until('the upstream to be cancelled', () => {
      const isGone = delivered.upstream.asked.at(-1)?.gone === true
      if (!isGone) most = Math.max(most, residentBytes(delivered.gateway.pid))
      return isGone
    })
    expect(most - before).toBeLessThan(48 * MEGABYTE)
    const receipt = await delivered.settled()
    expect(receipt).toMatchObject({ ended: 'client_cut', usage_source: 'estimated' })
    expect(receipt?.usage['output']).toBeGreaterThan(100)
    expect(await delivered.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
  })
})

describe('a client that leaves in the middle of a stream', () => {
  const leave = async (stage: Stage): Promise<{ leftEarly: () => boolean }> => {
    const left = Promise.withResolvers<void>()
    let ended = false
    const controller = new AbortController()
    const answer = await stage.ask(
      chat,
      stream(async (out) => {
        await out.write(CHAT.text('Hello'))
        await left.promise
        // So that the gateway learns of it in the middle of its wait for more.
        await Bun.sleep(200)
        await out.write(CHAT.text(' world'))
        await Bun.sleep(50)
        if (!out.gone) await out.write(CHAT.end(10, 50))
        ended = !out.gone
        out.end()
      }),
      { body: { stream: true }, signal: controller.signal },
    )
    await answer.body?.getReader().read()
    controller.abort()
    left.resolve()
    return { leftEarly: () => !ended }
  }

  test('where answers are drained is billed what the upstream itself reports', async () => {
    const { leftEarly } = await leave(drained)
    expect(await drained.settled()).toMatchObject({
      ended: 'client_cut',
      usage_source: 'upstream',
      usage: { input: 10, output: 50 },
      cost_usd: '0.000780000',
    })
    expect(leftEarly()).toBe(false)
  })

  test('where what is delivered counts is billed for that, counted here', async () => {
    const { leftEarly } = await leave(delivered)
    await until('the upstream to be cancelled', () => delivered.upstream.asked.at(-1)?.gone === true)
    const receipt = await delivered.settled()
    expect(receipt).toMatchObject({ ended: 'client_cut', usage_source: 'estimated', usage: { output: 1 } })
    expect(leftEarly()).toBe(true)
  })
})

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`
const named = (...data: readonly { readonly type: string }[]): string =>
  data.map((one) => `event: ${one.type}\n${event(one)}`).join('')

interface Beat {
  readonly dialect: Dialect
  readonly sign: RegExp
  readonly first: string
  readonly second: string
  readonly rest: string
}

const COMMENT = /^: [^\n]*\n\n/gm

const BEATS: readonly Beat[] = [
  { dialect: chat, sign: COMMENT, first: CHAT.text('one'), second: CHAT.text('two'), rest: CHAT.end(10, 5) },
  {
    dialect: responses,
    sign: COMMENT,
    first: named({ type: 'response.created', response: { id: 'r' } } as never),
    second: named({ type: 'response.output_text.delta', delta: 'two' } as never),
    rest: named({
      type: 'response.completed',
      response: { id: 'r', status: 'completed', usage: { input_tokens: 10, output_tokens: 5 } },
    } as never),
  },
  {
    dialect: messages,
    sign: /^event: ping\ndata: \{"type": ?"ping"\}\n\n/gm,
    first: named({ type: 'message_start', message: { usage: { input_tokens: 10, output_tokens: 1 } } } as never),
    second: named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'two' } } as never),
    rest: named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } } as never, {
      type: 'message_stop',
    }),
  },
]

/** Reads a stream; `count` says how often something has been in it so far. */
const reading = (answer: Response) => {
  let text = ''
  const done = (async () => {
    for await (const chunk of answer.body ?? []) text += new TextDecoder().decode(chunk)
    return text
  })()
  return { done, count: (what: RegExp) => text.match(what)?.length ?? 0, text: () => text }
}

describe('while an upstream is silent', () => {
  test.each(BEATS)(
    'a client of $dialect.name gets sign after sign of life, and again after some content',
    async ({ dialect, sign, first, second, rest }) => {
      const silences = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
      const script = stream(async (out) => {
        await out.write(first)
        await silences[0].promise
        await out.write(second)
        await silences[1].promise
        await out.write(rest)
        out.end()
      })
      const read = reading(await delivered.ask(dialect, script, { body: { stream: true } }))
      await until('three signs of life', () => read.count(sign) >= 3)
      silences[0].resolve()
      await until('the content after them', () => read.text().includes(second))
      const before = read.count(sign)
      await until('three more', () => read.count(sign) >= before + 3)
      silences[1].resolve()
      // Without the signs it is what the upstream sent: none of them went into an event. Our own usage chunk stays here.
      const text = (await read.done).replace(sign, '')
      expect((first + second + rest).startsWith(text.slice(0, (first + second).length))).toBe(true)
      expect(await delivered.settled()).toMatchObject({ ended: 'whole', usage: { input: 10, output: 5 } })
    },
  )

  test('a client of gemini gets nothing: its own would take it for a broken event', async () => {
    const answer = event({
      candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5 },
    })
    const script = stream(async (out) => {
      await Bun.sleep(1_200)
      await out.write(answer)
      out.end()
    })
    const got = await delivered.ask(gemini, script, { path: '/v1beta/models/gem:streamGenerateContent?alt=sse' })
    expect(await got.text()).toBe(answer)
  })

  test('in the middle of an event that is passed on in parts, nothing is put into it', async () => {
    const large = CHAT.text('y'.repeat(3_000))
    const release = Promise.withResolvers<void>()
    const script = stream(async (out) => {
      await out.write(large.slice(0, 2_000))
      await Bun.sleep(1_200)
      await out.write(large.slice(2_000))
      await release.promise
      await out.write(CHAT.text('z') + CHAT.end(10, 5))
      out.end()
    })
    const read = reading(await delivered.ask(chat, script, { body: { stream: true } }))
    await until('a sign of life after the event', () => read.count(COMMENT) > 0)
    release.resolve()
    expect((await read.done).startsWith(large)).toBe(true)
  })
})

describe('after all of this', () => {
  test('nothing is held and the ledgers add up', async () => {
    for (const { gateway } of [delivered, drained]) {
      expect(await gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
    }
  })
})
