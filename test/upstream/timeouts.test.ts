import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createServer } from 'node:net'
import { FORMATS } from '../faults/formats.ts'
import {
  CHAT,
  type Dialect,
  DIALECTS,
  type Script,
  type Stage,
  START_MS,
  startStage,
  stream,
} from '../faults/scripted.ts'
import { changed, FORGIVING } from './providers.ts'
import { startProxy } from './proxy.ts'
import { listenDeaf, listenOn } from './sockets.ts'

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

const stops: (() => unknown)[] = []
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
}, START_MS)

const ALL = Object.values(DIALECTS)
const NOTHING = '0.000000000'

/** A client of this format asks for any model. */
const asking = (dialect: Dialect, model: string) =>
  dialect.name === 'gemini' ? { path: `/v1beta/models/${model}:generateContent` } : { body: { model } }

/** Fails as a time-out does, in the client's format, and costs nothing. */
const expectTimeout = async (stage: Stage, answer: Response, message: string, kind: string): Promise<void> => {
  const text = await answer.text()
  expect([answer.status, text]).toEqual([504, expect.stringContaining(message)])
  const { error } = JSON.parse(text)
  expect(error.code ?? error.type).toBeOneOf(['upstream_timeout', 'timeout_error', 504])
  const receipt = await stage.settled()
  expect(receipt).toMatchObject({ cost_usd: NOTHING, ended: 'failed', status: 504 })
  expect(receipt?.attempts.map((attempt) => attempt.error)).toEqual([kind])
}

describe('a connection that does not open in time', () => {
  const HANGS = [
    ['chat', 'the server does not take it', 'Provider oc could not be connected to within 0.3 s (timeouts.connect).'],
    ['gpt', 'TLS does not begin', 'Provider oa could not be connected to within 0.31 s (timeouts.connect).'],
    ['claude', 'the proxy does not answer', 'Provider an could not be connected to within 0.32 s (timeouts.connect).'],
    [
      'gem',
      'TLS does not begin in the tunnel',
      'Provider ge could not be connected to within 0.33 s (timeouts.connect).',
    ],
  ] as const
  let stage: Stage
  beforeAll(async () => {
    const deaf = await listenDeaf()
    const mute = await listenOn(createServer((socket) => void socket.resume()))
    const [hanging, leadingNowhere] = [await startProxy(), await startProxy()]
    hanging.behaviour = 'hang'
    leadingNowhere.behaviour = 'tunnel-to-nowhere'
    const after = (connect: string) => ({ timeouts: { connect } })
    stage = await startStage((own) => ({
      ...own,
      ...FORGIVING,
      providers: changed(own, {
        oc: { base_url: `http://127.0.0.1:${deaf.port}/v1`, ...after('300ms') },
        oa: { base_url: `https://127.0.0.1:${mute.port}/v1`, ...after('310ms') },
        an: { base_url: 'https://vendor.example', proxy: hanging.url, ...after('320ms') },
        ge: { base_url: 'https://vendor.example', proxy: leadingNowhere.url, ...after('330ms') },
      }),
    }))
    stops.push(deaf.stop, mute.stop, hanging.stop, leadingNowhere.stop, stage.stop)
  }, START_MS)

  for (const dialect of ALL)
    test.each(HANGS)(
      `is told to a client of ${dialect.name}, and costs nothing: %s, where %s`,
      async (model, _why, said) => {
        const answer = await stage.ask(dialect, 'Hello', asking(dialect, model))
        await expectTimeout(stage, answer, `${said} Nothing was charged; try again.`, 'timeout-connect')
      },
    )
})

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{'
const silent: Script = () => undefined
const fallingSilent: Script = (socket) => void socket.write(head)
const endless: Script = async (socket, asked) => {
  socket.write(head)
  for (; !asked.gone; await Bun.sleep(100)) socket.write(' ')
}

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`
const named = (...events: readonly { readonly type: string; readonly [more: string]: unknown }[]): string =>
  events.map((one) => `event: ${one.type}\n${event(one)}`).join('')

interface Streamed {
  readonly dialect: Dialect
  readonly path?: string
  /** Its beginning, then what goes on. */
  readonly first: string
  readonly more: string
}

const delta = named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'more' } })
const STREAMS: readonly Streamed[] = [
  { dialect: DIALECTS.chat, first: CHAT.text('one'), more: CHAT.text('more') },
  {
    dialect: DIALECTS.responses,
    first: named({ type: 'response.created', response: { id: 'r' } }),
    more: named({ type: 'response.output_text.delta', delta: 'more' }),
  },
  {
    dialect: DIALECTS.messages,
    first: named(
      { type: 'message_start', message: { usage: { input_tokens: 10, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ),
    more: delta,
  },
  {
    dialect: DIALECTS.gemini,
    path: '/v1beta/models/gem:streamGenerateContent?alt=sse',
    first: event({ candidates: [{ content: { role: 'model', parts: [{ text: 'one' }] } }] }),
    more: event({ candidates: [{ content: { role: 'model', parts: [{ text: 'more' }] } }] }),
  },
]

describe('an upstream that', () => {
  let stage: Stage
  beforeAll(async () => {
    const timeouts = { first_byte: '600ms', idle: '700ms', total: '1600ms' }
    stage = await startStage({ ...FORGIVING, timeouts })
    stops.push(stage.stop)
  }, START_MS)

  const WHOLE: readonly (readonly [string, Script, string, string])[] = [
    [
      'does not begin to answer',
      silent,
      'did not begin to answer within 0.6 s (timeouts.first_byte).',
      'timeout-first-byte',
    ],
    ['falls silent in its answer', fallingSilent, 'sent nothing for 0.7 s (timeouts.idle).', 'timeout-idle'],
    ['does not come to an end', endless, 'took longer than 1.6 s (timeouts.total).', 'timeout-total'],
  ]
  for (const dialect of ALL)
    test.each(WHOLE)(
      `%s is told to a client of ${dialect.name}, and costs nothing`,
      async (_what, script, said, kind) => {
        const answer = await stage.ask(dialect, script)
        const attempted = kind === 'timeout-first-byte' ? kind : null
        const text = `${said} Nothing was charged; try again.`
        if (attempted) await expectTimeout(stage, answer, text, attempted)
        else {
          expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining(text)])
          expect(await stage.settled()).toMatchObject({ cost_usd: NOTHING, ended: 'failed', status: 504 })
        }
      },
    )

  const asStream = ({ dialect, path }: Streamed, script: Script): Promise<Response> =>
    stage.ask(dialect, script, path === undefined ? { body: { stream: true } } : { path })
  const silentAfter = (text: string): Script => stream((out) => out.write(text))
  const goingOn = ({ first, more }: Streamed): Script =>
    stream(async (out) => {
      await out.write(first)
      for (; !out.gone; await Bun.sleep(100)) await out.write(more)
    })

  for (const streamed of STREAMS) {
    const { name } = streamed.dialect
    const looks = FORMATS.find((format) => format.name === name)?.streamError ?? /never/

    const CUT: readonly (readonly [string, Script, string])[] = [
      ['falls silent', silentAfter(streamed.first + streamed.more), 'sent nothing for 0.7 s (timeouts.idle).'],
      ['goes on for too long', goingOn(streamed), 'took longer than 1.6 s (timeouts.total).'],
    ]
    test.each(CUT)(
      `%s after content ends the stream of a client of ${name} with its error`,
      async (_what, script, said) => {
        const answer = await asStream(streamed, script)
        const text = await answer.text()
        const at = text.search(looks)
        expect([answer.status, text.slice(at)]).toEqual([200, expect.stringContaining(said)])
        expect(text.slice(at)).toContain('Only what was delivered is charged; try again.')
        expect(text.slice(0, at)).toContain('more')
        expect(await stage.settled()).toMatchObject({ ended: 'upstream_cut', usage_source: 'estimated', status: 200 })
      },
    )

    test(`falls silent before any content is an error to a client of ${name}, and costs nothing`, async () => {
      const script = stream(() => Promise.resolve())
      const said = 'sent nothing for 0.7 s (timeouts.idle). Nothing was charged; try again.'
      await expectTimeout(stage, await asStream(streamed, script), said, 'timeout-idle')
    })
  }

  test('was too slow leaves nothing held', async () => {
    expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: NOTHING })
  })
})
