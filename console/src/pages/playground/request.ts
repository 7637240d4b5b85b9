import { chatBody } from './build-chat.ts'
import { geminiBody } from './build-gemini.ts'
import { messagesBody } from './build-messages.ts'
import { responsesBody } from './build-responses.ts'
import type { Format, JsonObject, Question } from './conversation.ts'

/** A request of the data plane, as any client would send it. */
export interface PlaygroundRequest {
  readonly format: Format
  readonly path: string
  /** But for the key. */
  readonly headers: Readonly<Record<string, string>>
  /** The header that the key goes into, with what stands before it. */
  readonly keyHeader: readonly [name: string, before: string]
  readonly body: JsonObject
}

interface Wire {
  readonly path: (question: Question) => string
  readonly headers?: Readonly<Record<string, string>>
  readonly keyHeader: readonly [name: string, before: string]
  readonly body: (question: Question) => JsonObject
}

const BEARER = ['authorization', 'Bearer '] as const

const WIRES: Readonly<Record<Format, Wire>> = {
  'openai-chat': { path: () => '/v1/chat/completions', keyHeader: BEARER, body: chatBody },
  'openai-responses': { path: () => '/v1/responses', keyHeader: BEARER, body: responsesBody },
  'anthropic-messages': {
    path: () => '/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    keyHeader: ['x-api-key', ''],
    body: messagesBody,
  },
  gemini: {
    path: ({ model, isStreamed }) =>
      `/v1beta/models/${model.split('/').map(encodeURIComponent).join('/')}:${isStreamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    keyHeader: ['x-goog-api-key', ''],
    body: geminiBody,
  },
}

/** The request that a question makes in its format: nothing in it but what was set, and what the format demands. */
export const requestOf = (question: Question): PlaygroundRequest => {
  const wire = WIRES[question.format]
  return {
    format: question.format,
    path: wire.path(question),
    headers: { 'content-type': 'application/json', ...wire.headers },
    keyHeader: wire.keyHeader,
    body: wire.body(question),
  }
}
