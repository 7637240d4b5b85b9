import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createServer } from 'node:net'
import { DIALECTS, type Dialect, START_MS } from '../faults/scripted.ts'
import { type Listening, listenOn } from '../upstream/sockets.ts'
import { answering } from './repeats.ts'
import { asking, MODELS, PROVIDERS, type Session, startSession } from './session.ts'

/// Addresses in a request are for the vendor to fetch, if for anybody. The gateway stands inside somebody's network, and
/// fetches none: a server that waits for it at each of them is never asked.

setDefaultTimeout(60_000)

let session: Session
let canary: Listening
beforeAll(async () => {
  canary = await listenOn(createServer((socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')))
  session = await startSession()
}, START_MS)
afterAll(async () => {
  await session.gateway.stop()
  // Vendors would refuse many of these requests, and the gateway lets them: that is not looked at here.
  await session.upstream.stop().catch((error: unknown) => expect(String(error)).toContain('would have refused'))
  canary.stop()
}, START_MS)

type Part = (url: string) => object
type Message = (text: string, part: object) => Readonly<Record<string, unknown>>

interface Carrier {
  readonly dialect: Dialect
  readonly message: Message
  readonly parts: Readonly<Record<string, Part>>
}

const inMessages = (text: string, part: object) => ({
  messages: [{ role: 'user', content: [{ type: 'text', text }, part] }],
})

const CARRIERS: readonly Carrier[] = [
  {
    dialect: DIALECTS.chat,
    message: inMessages,
    parts: {
      'an image': (url) => ({ type: 'image_url', image_url: { url } }),
      'a file': (url) => ({ type: 'file', file: { file_data: url, filename: 'a.pdf' } }),
    },
  },
  {
    dialect: DIALECTS.responses,
    message: (text, part) => ({ input: [{ role: 'user', content: [{ type: 'input_text', text }, part] }] }),
    parts: {
      'an image': (url) => ({ type: 'input_image', image_url: url, detail: 'auto' }),
      'a file': (url) => ({ type: 'input_file', file_url: url }),
    },
  },
  {
    dialect: DIALECTS.messages,
    message: inMessages,
    parts: {
      'an image': (url) => ({ type: 'image', source: { type: 'url', url } }),
      'a file': (url) => ({ type: 'document', source: { type: 'url', url } }),
    },
  },
  {
    dialect: DIALECTS.gemini,
    message: (text, part) => ({ contents: [{ role: 'user', parts: [{ text }, part] }] }),
    parts: {
      'an image': (url) => ({ fileData: { fileUri: url, mimeType: 'image/png' } }),
      'a file': (url) => ({ fileData: { fileUri: url, mimeType: 'application/pdf' } }),
    },
  },
]

/** A red dot. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

const addresses = (): readonly string[] => {
  const { port } = canary
  return [
    `http://127.0.0.1:${port}/latest/meta-data/`,
    `http://localhost:${port}/a.png`,
    `http://[::ffff:127.0.0.1]:${port}/a.png`,
    `http://2130706433:${port}/a.png`,
    `http://0x7f.1:${port}/a.png`,
    `https://127.0.0.1:${port}/a.png`,
    `ftp://127.0.0.1:${port}/a.png`,
    `gopher://127.0.0.1:${port}/_GET%20/`,
    'file:///etc/passwd',
    'file:/etc/passwd',
  ]
}

const ROWS = PROVIDERS.flatMap((provider) =>
  CARRIERS.flatMap((carrier) =>
    Object.entries(carrier.parts).map(([what, part]) => ({
      ...{ what, part, carrier, provider },
      name: carrier.dialect.name,
    })),
  ),
)

const askWith = async (
  { carrier, provider }: (typeof ROWS)[number],
  part: object,
  streamed = false,
): Promise<string> => {
  const mark = session.upstream.plays(answering('nothing'))
  const [path, init] = asking(session, carrier.dialect, MODELS[provider], streamed, mark)
  const body = { ...JSON.parse(init.body as string), ...carrier.message(mark, part) }
  return session.tell(`${carrier.dialect.name} over ${provider}`, path, { ...init, body: JSON.stringify(body) })
}

describe('the address of', () => {
  test.each(ROWS)('$what in a request of $name is not fetched on the way to provider $provider', async (row) => {
    const from = session.upstream.asked.length
    for (const url of addresses())
      for (const streamed of [false, true]) {
        const told = await askWith(row, row.part(url), streamed)
        // What cannot be told in the other format is refused, or left out with a warning; never looked up.
        expect(told).toMatch(/^(?:200|400) /)
        expect(told).not.toContain('root:')
      }
    const sent = session.upstream.asked.slice(from).map(({ text }) => text)
    expect(sent.join()).not.toMatch(/root:|cm9vdDp4/)
    expect(canary.seen.connections).toBe(0)
  })
})

describe('an image that is in the request itself', () => {
  const inline: Readonly<Record<string, object>> = {
    'openai-chat': { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
    'openai-responses': { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'auto' },
    'anthropic-messages': { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
    gemini: { inlineData: { mimeType: 'image/png', data: PIXEL } },
  }
  test.each(ROWS.filter(({ what }) => what === 'an image'))(
    'of $name arrives whole at provider $provider',
    async (row) => {
      expect(await askWith(row, inline[row.name] ?? {})).toStartWith('200')
      expect(session.upstream.asked.at(-1)?.text).toContain(PIXEL)
    },
  )
})

test('other addresses in a request are not fetched either', async () => {
  const url = addresses()[0] ?? ''
  const more: readonly (readonly [Dialect, string, object])[] = [
    [DIALECTS.messages, 'claude', { mcp_servers: [{ type: 'url', url, name: 'a' }] }],
    [DIALECTS.responses, 'gpt', { tools: [{ type: 'mcp', server_label: 'a', server_url: url }] }],
    [DIALECTS.chat, 'chat', { webhook_url: url, metadata: { callback: url } }],
    [DIALECTS.gemini, 'gem', { tools: [{ urlContext: {} }] }],
  ]
  for (const [dialect, model, members] of more) {
    const mark = session.upstream.plays(answering('nothing'))
    const [path, init] = asking(session, dialect, model, false, `${mark} ${url}`)
    const body = JSON.stringify({ ...JSON.parse(init.body as string), ...members })
    const headers = {
      ...(init.headers as object),
      referer: url,
      link: `<${url}>`,
      'x-callback-url': url,
      destination: url,
    }
    expect(await session.tell(dialect.name, path, { ...init, headers, body })).toMatch(/^(?:200|400) /)
  }
  expect(canary.seen.connections).toBe(0)
})
