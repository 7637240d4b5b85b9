import { complaintAbout } from '../replay/inspect.ts'
import type { Api } from '../replay/interaction.ts'
import { faultsOf } from '../translation/validate/validate.ts'
import { VENDOR_KEY } from './served.ts'
import { chat } from './upstream/chat.ts'
import { faultsOfCount } from '../translation/validate/counting.ts'
import type { Format } from './upstream/formats.ts'
import { gemini } from './upstream/gemini.ts'
import { messages } from './upstream/messages.ts'
import { responses } from './upstream/responses.ts'
import { isObject, type Json, type Reply, type Speaker, type Told } from './upstream/speaker.ts'
import type { Story } from './upstream/story.ts'

/** A request the scripted upstream answered. */
export interface MockRequest {
  readonly path: string
  readonly body: unknown
  readonly status: number
  readonly isCount: boolean
  /** What the vendor would have refused it for. */
  readonly faults: readonly string[]
  /** The usage it was told; `undefined`: none. */
  readonly told: Told | undefined
}

/** What one place of the upstream does while one client runs. */
export interface Scene {
  readonly story: Story
  /** Whether requests are judged: a client that speaks the upstream's own format answers for itself. */
  readonly judges: boolean
  readonly requests: MockRequest[]
}

/** Every vendor in one process, and that several times over: below `/<place>` clients run side by side. */
export interface Mock {
  readonly url: string
  begin(place: string, story: Story, judges: boolean): Scene
  stop(): Promise<void>
}

interface Route {
  readonly pattern: RegExp
  readonly speaker: Speaker
  readonly api: Api
  readonly counts?: (inputTokens: number) => Json
}

const ROUTES: readonly Route[] = [
  { pattern: /^\/v1\/chat\/completions$/, speaker: chat, api: 'openai.chat' },
  { pattern: /^\/v1\/responses$/, speaker: responses, api: 'openai.responses' },
  { pattern: /^\/v1\/messages$/, speaker: messages, api: 'anthropic.messages' },
  {
    pattern: /^\/v1\/messages\/count_tokens$/,
    speaker: messages,
    api: 'anthropic.messages',
    counts: (input_tokens) => ({ input_tokens }),
  },
  {
    pattern: /^\/v1\/responses\/input_tokens$/,
    speaker: responses,
    api: 'openai.responses',
    counts: (input_tokens) => ({ object: 'response.input_tokens', input_tokens }),
  },
  {
    pattern: /^\/v1beta\/models\/[^/:]+:(?:generateContent|streamGenerateContent)$/,
    speaker: gemini,
    api: 'gemini.generateContent',
  },
  {
    pattern: /^\/v1beta\/models\/[^/:]+:countTokens$/,
    speaker: gemini,
    api: 'gemini.generateContent',
    counts: (totalTokens) => ({ totalTokens }),
  },
]

/** Uneven, so that events and characters are torn between two reads. */
const CHUNK_BYTES = 701

const streamed = (text: string): Response => {
  const bytes = new TextEncoder().encode(text)
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
        controller.enqueue(bytes.subarray(from, from + CHUNK_BYTES))
        await new Promise((resolve) => setTimeout(resolve, 0))
      }
      controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}

const modelOf = (body: Json, path: string): string =>
  typeof body.model === 'string' ? body.model : (/models\/([^/:]+)/.exec(path)?.[1] ?? 'unnamed')

const parsed = (text: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** What is wrong with a request before anybody reads what it asks. */
const complaintsAbout = (request: Request, route: Route, text: string, path: string): readonly string[] => {
  const wire = { method: request.method, target: path, headers: [...request.headers], body: new Uint8Array() }
  const complaint = complaintAbout(route.api, wire, text, [VENDOR_KEY])
  const versioned = route.api !== 'anthropic.messages' || request.headers.has('anthropic-version')
  return [...(complaint === undefined ? [] : [complaint]), ...(versioned ? [] : ['no anthropic-version header'])]
}

/** Fields of DeepSeek's that OpenAI's Chat does not have. */
const faultsOfRequest = (format: Format, body: Json): readonly string[] =>
  faultsOf(format, body, { knows: ['reasoning_content', 'thinking'] })

const TOKENS_OF_COUNT = 1_234

const answer = async (request: Request, path: string, scene: Scene): Promise<Response> => {
  const text = await request.text()
  const route = request.method === 'POST' ? ROUTES.find(({ pattern }) => pattern.test(path)) : undefined
  const body = parsed(text)
  const note = (status: number, faults: readonly string[], told?: Told): void => {
    const isCount = route?.counts !== undefined
    scene.requests.push({ path, body: body ?? text, status, isCount, faults, told })
  }
  if (!route || !body) {
    note(404, [`${request.method} ${path} is not there, or its body is no object`])
    return Response.json({ error: { message: 'not found' } }, { status: 404 })
  }
  const { speaker, counts } = route
  const judged = scene.judges ? (counts ? faultsOfCount : faultsOfRequest)(speaker.format, body) : []
  const faults = [...complaintsAbout(request, route, text, path), ...judged]
  if (faults.length > 0) {
    note(400, faults)
    return Response.json(speaker.error(400, faults.join('; ')), { status: 400 })
  }
  if (counts) {
    note(200, [])
    return Response.json(counts(TOKENS_OF_COUNT))
  }
  const asked = speaker.read(body, path)
  const reply: Reply = scene.story.answer(asked, speaker, modelOf(body, path))
  note(200, [], reply.usage)
  return asked.streams ? streamed(speaker.stream(reply, body)) : Response.json(speaker.whole(reply))
}

/** A socket of the Responses API: the conversations it was told, by the last response of each. */
interface Session {
  readonly request: Request
  readonly scene: Scene
  readonly said: Map<string, readonly unknown[]>
}

const ofSocket = ROUTES.find(({ api }) => api === 'openai.responses')

/** Warming up reads a little and says nothing. */
const WARMED: Told = { input: 7, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0, output: 0, reasoning: 0 }

/**
 * Answers one `response.create`: the events of a stream, a message each. `generate: false` warms up and gets an answer
 * without content; what follows names the response it goes on from, and has what is new alone.
 */
const answerOnSocket = (text: string, { request, scene, said }: Session): readonly string[] => {
  const { type, generate, previous_response_id: previous, ...body } = parsed(text) ?? {}
  const note = (status: number, faults: readonly string[], told?: Told): void =>
    void scene.requests.push({
      path: '/v1/responses',
      body: { type, generate, ...body },
      status,
      isCount: false,
      faults,
      told,
    })
  const before = previous === undefined || previous === null ? [] : said.get(String(previous))
  const faults = [
    ...(type === 'response.create' ? [] : [`an event of the type ${String(type)}`]),
    ...(before ? [] : [`${String(previous)} was not answered on this socket`]),
    ...(ofSocket ? complaintsAbout(new Request(request, { method: 'POST' }), ofSocket, text, '/v1/responses') : []),
  ]
  if (!before || faults.length > 0) {
    note(400, faults)
    return [JSON.stringify({ type: 'error', status: 400, ...responses.error(400, faults.join('; ')) })]
  }
  const input = [...before, ...(Array.isArray(body.input) ? body.input : [])]
  const conversation = { ...body, input, stream: true }
  const asked = responses.read(conversation, '/v1/responses')
  const model = modelOf(conversation, '')
  const reply: Reply =
    generate === false
      ? { id: crypto.randomUUID(), model, createdAt: 0, thought: undefined, text: '', calls: [], usage: WARMED, asked }
      : scene.story.answer(asked, responses, model)
  note(200, [], reply.usage)
  const whole = responses.whole(reply)
  said.set(String(whole.id), [...input, ...(whole.output as unknown[])])
  return [...responses.stream(reply, conversation).matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data)
}

/** Starts the scripted upstream on a free port of loopback. */
export const startMock = (): Mock => {
  const scenes = new Map<string, Scene>()
  const server = Bun.serve<Session>({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 120,
    fetch: (request, own) => {
      const [, place = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(new URL(request.url).pathname) ?? []
      const scene = scenes.get(place)
      if (scene && path === '/v1/responses' && own.upgrade(request, { data: { request, scene, said: new Map() } }))
        return undefined
      return scene ? answer(request, path, scene) : new Response('nobody is here', { status: 404 })
    },
    websocket: {
      message: (socket, text) => {
        for (const event of answerOnSocket(String(text), socket.data)) socket.send(event)
      },
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    begin: (place, story, judges) => {
      const scene: Scene = { story, judges, requests: [] }
      scenes.set(place, scene)
      return scene
    },
    stop: () => server.stop(true),
  }
}
