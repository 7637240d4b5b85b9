import { answerSpeech, answerTranscript } from './audio.ts'
import { answerChat } from './chat.ts'
import { answerCompletions } from './completions.ts'
import { answerEmbeddings, embedGemini, embedGeminiBatch } from './embeddings.ts'
import { answerGemini, countGemini, type GeminiTurn } from './gemini.ts'
import { answerImages } from './images.ts'
import { answerModerations, answerRerank } from './judgements.ts'
import { answerMessages, countMessages } from './messages.ts'
import { answerResponses, countResponses } from './responses.ts'
import { EVENT_DELAY_MS, json, paced, type Turn } from './stream.ts'
import { isRecord } from './words.ts'

export interface DemoOptions {
  readonly delayMs?: number
  readonly nowMs?: () => number
  /** A fresh name for an answer. */
  readonly id?: () => string
}

type Answer = (turn: Turn) => Response | Promise<Response>

/** By the end of the path, the longer first: the roots before it differ between formats. */
const ENDPOINTS: readonly (readonly [string, Answer])[] = [
  ['/chat/completions', answerChat],
  ['/completions', answerCompletions],
  ['/embeddings', answerEmbeddings],
  ['/messages/count_tokens', countMessages],
  ['/messages', answerMessages],
  ['/responses/input_tokens', countResponses],
  ['/responses', answerResponses],
  ['/images/generations', answerImages('image_generation')],
  ['/images/edits', answerImages('image_edit')],
  ['/images/variations', answerImages('image_edit')],
  ['/audio/speech', answerSpeech],
  ['/audio/transcriptions', answerTranscript],
  ['/audio/translations', answerTranscript],
  ['/moderations', answerModerations],
  ['/rerank', answerRerank],
]

const GEMINI_PATH = /\/models\/([^/]+):(\w+)$/

/** Makes the other end of the demo provider: a vendor's API in one function, without a network. */
export const createDemoFetch = (options: DemoOptions = {}): ((request: Request) => Promise<Response>) => {
  const { delayMs = EVENT_DELAY_MS, nowMs = Date.now, id = () => crypto.randomUUID().replaceAll('-', '') } = options
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    const body = await readBody(request)
    if (!body) return refusal(400, 'The demo provider expects a JSON object, or a form.')
    const stream = (type: string) => (events: readonly string[]) =>
      new Response(paced(events, request.signal, delayMs), {
        headers: { 'content-type': type, 'cache-control': 'no-cache' },
      })
    const turn: Turn = {
      body,
      id: id(),
      nowSeconds: Math.floor(nowMs() / 1_000),
      stream: stream('text/event-stream; charset=utf-8'),
    }

    const gemini = GEMINI_PATH.exec(pathname)
    if (gemini) {
      const [, model = '', method = ''] = gemini
      const isSse = searchParams.get('alt') === 'sse'
      const reply = isSse ? turn.stream : stream('application/json; charset=utf-8')
      return answerGeminiMethod(method, { ...turn, model: decodeURIComponent(model), isSse, stream: reply })
    }
    const endpoint = ENDPOINTS.find(([path]) => pathname.endsWith(path))
    return endpoint ? endpoint[1](turn) : refusal(404, `The demo provider has nothing at ${pathname}.`)
  }
}

/** The demo provider as it is served: answers any wire format Tollgate speaks. Fails only if the request is aborted. */
export const demoFetch = createDemoFetch()

const answerGeminiMethod = (method: string, turn: GeminiTurn): Response => {
  switch (method) {
    case 'generateContent':
      return answerGemini(turn, false)
    case 'streamGenerateContent':
      return answerGemini(turn, true)
    case 'countTokens':
      return countGemini(turn)
    case 'embedContent':
      return embedGemini(turn)
    case 'batchEmbedContents':
      return embedGeminiBatch(turn)
    default:
      return refusal(404, `The demo provider has no method ${method}.`)
  }
}

const readBody = async (request: Request): Promise<Readonly<Record<string, unknown>> | undefined> => {
  if (request.headers.get('content-type')?.startsWith('multipart/form-data')) return readForm(request)
  const text = await request.text()
  try {
    const body: unknown = JSON.parse(text)
    return isRecord(body) ? body : undefined
  } catch {
    // Not JSON at all is answered like JSON of the wrong shape.
    return undefined
  }
}

/** A form's fields; of several by one name the last. */
const readForm = async (request: Request): Promise<Readonly<Record<string, unknown>> | undefined> => {
  try {
    return Object.fromEntries(await request.formData())
  } catch {
    return undefined
  }
}

/** Fit for every format: OpenAI's and Anthropic's clients read `error.message`, Gemini's reads `error.code` too. */
const refusal = (status: number, message: string): Response =>
  json(
    { type: 'error', error: { type: 'invalid_request_error', code: status, message, status: 'INVALID_ARGUMENT' } },
    status,
  )
