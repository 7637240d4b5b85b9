import type { Socket } from 'node:net'
import { type Answer, type Outcome, sendAnswer } from './answer.ts'
import type { Fault, Faults } from './fault.ts'
import type { WireRequest } from './http.ts'
import { complaintAbout } from './inspect.ts'
import { answerHeaders, bodyBytes, type Interaction } from './interaction.ts'
import { judge, type Judgement, modelIn, type Refused, refusalOf } from './judge.ts'
import { type Asked, type Library, readAsked } from './match.ts'

/** A request the replay upstream has seen, and what became of it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** In wire order, names as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  /** The interaction that answered; absent when none matched. */
  readonly id: string | undefined
  readonly atMs: number
  /** Bytes of the answer's body handed to the socket so far. */
  readonly sentBytes: number
  /** When the answer came to its end, and how; absent while it is still being sent. */
  readonly endedAtMs: number | undefined
  readonly outcome: Outcome | undefined
}

type Seen = { -readonly [Name in keyof SeenRequest]: SeenRequest[Name] }

/** What one server knows while it serves. */
export interface Exchange {
  readonly library: Library
  readonly faults: Faults
  readonly keys: readonly string[]
  readonly seen: SeenRequest[]
  readonly complaints: string[]
  readonly refused: Refused[]
  /** Why requests are not judged: all of them, or those for one interaction. */
  readonly unjudged: Unjudged
}

/** A reason for every request, or by the id of the interaction that is asked for. */
export type Unjudged = string | Readonly<Record<string, string>>

interface Chosen {
  readonly answer: Answer
  readonly id?: string
}

/** A status no vendor uses: the request itself was wrong, and a test should say so. */
const COMPLAINT_STATUS = 599

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const explained = (status: number, message: string): Answer => ({
  status,
  headers: [['content-type', 'application/json']],
  body: utf8(JSON.stringify({ error: { message, type: 'replay', code: null, param: null } })),
  chunked: false,
})

const parsedBody = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

const splitTarget = (target: string): [path: string, query: string] => {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
}

const recordedAnswer = (interaction: Interaction): Answer => ({
  status: interaction.response.status,
  headers: answerHeaders(interaction),
  body: bodyBytes(interaction),
  chunked: interaction.stream,
})

/** The answer in its faulty form, where the fault replaces it. */
const spoiled = (answer: Answer, fault: Fault): Answer => {
  if (fault.answer) {
    const headers = Object.entries({ 'content-type': 'application/json', ...fault.answer.headers })
    return { status: fault.answer.status, headers, body: utf8(fault.answer.body), chunked: false }
  }
  if (fault.garbage === 'not-json') return { ...answer, body: utf8('{"choices": [{"mess\u0000') }
  if (fault.garbage === 'html') {
    const page = '<html><body><h1>502 Bad Gateway</h1></body></html>'
    return { status: 200, headers: [['content-type', 'text/html']], body: utf8(page), chunked: false }
  }
  return answer
}

/** Why an interaction cannot answer a request: it was recorded for another endpoint, or in the other mode. */
const mismatch = (interaction: Interaction, asked: Asked): string | undefined => {
  if (interaction.api !== asked.api) return `asked as ${asked.api}, stored as ${interaction.api}`
  if (interaction.stream !== asked.stream) return `asked with stream ${asked.stream}, stored with ${interaction.stream}`
  return undefined
}

/** What the vendor would refuse the request for; `undefined`: nothing, or it is not judged. */
const judged = ({ unjudged }: Exchange, request: WireRequest, interaction: Interaction): Judgement | undefined => {
  if (typeof unjudged === 'string' ? unjudged !== '' : Object.hasOwn(unjudged, interaction.id)) return undefined
  const recorded = interaction.request.body?.['model']
  const model = interaction.model ?? (typeof recorded === 'string' ? recorded : undefined)
  const judgement = judge(request, { vendor: interaction.provider, model })
  return judgement && judgement.faults.length > 0 ? judgement : undefined
}

const choose = (exchange: Exchange, request: WireRequest): Chosen => {
  const [path] = splitTarget(request.target)
  const asked = readAsked(path, parsedBody(request.body))
  if (!asked || request.method !== 'POST') return { answer: explained(404, `nothing at ${request.method} ${path}`) }
  const interaction = exchange.library.find(asked)
  const complaint =
    complaintAbout(asked.api, request, Buffer.from(request.body).toString('latin1'), exchange.keys) ??
    (interaction ? mismatch(interaction, asked) : 'no interaction of this id, and none with an equal body')
  if (interaction && complaint === undefined) {
    const judgement = judged(exchange, request, interaction)
    if (!judgement) return { answer: recordedAnswer(interaction), id: interaction.id }
    exchange.refused.push({ target: request.target, model: modelIn(request.body), faults: judgement.faults })
    return { answer: refusalOf(judgement) }
  }
  exchange.complaints.push(`${asked.api} ${asked.model ?? ''}: ${complaint}`)
  return { answer: explained(COMPLAINT_STATUS, complaint ?? '') }
}

/** Answers one request and says whether its connection can take another. */
export const answerOne = async (exchange: Exchange, socket: Socket, request: WireRequest): Promise<boolean> => {
  const { answer, id } = choose(exchange, request)
  const [path, query] = splitTarget(request.target)
  const entry: Seen = {
    method: request.method,
    path,
    query,
    headers: request.headers,
    body: request.body,
    id,
    atMs: Date.now(),
    sentBytes: 0,
    endedAtMs: undefined,
    outcome: undefined,
  }
  exchange.seen.push(entry)
  const fault = id === undefined ? {} : exchange.faults.take(id)
  if (fault.garbage === 'not-http') {
    socket.end('\u0016\u0003\u0001 this is not HTTP\r\n\r\n')
    entry.outcome = 'cut'
  } else {
    entry.outcome = await sendAnswer(socket, spoiled(answer, fault), fault, (bytes) => {
      entry.sentBytes += bytes
    })
  }
  entry.endedAtMs = Date.now()
  return entry.outcome === 'whole' || (entry.outcome === 'cut' && fault.cut?.how === 'end')
}
