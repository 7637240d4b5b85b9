import Anthropic from '@anthropic-ai/sdk'
import AnthropicZero from '@anthropic-ai/sdk-0'
import { type Content, GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import type { Response as OpenAiResponse, ResponseStreamEvent } from 'openai/resources/responses/responses'
import type { Format } from '../../translation/conformance.ts'
import { framesOf, type Json, listOf, objectOf } from '../../translation/frames.ts'
import { gathered } from './gather.ts'

/** What an official SDK made of a stream. */
export interface Accumulated {
  /** The object that it gives its user. */
  readonly final: Json
  /** The same object, with what its user is shown in pieces only, as the pieces of a stream that did not break add up. */
  readonly told: () => Json
}

/** An official SDK's way of reading a stream to its end. Rejects where its user is told of a failure. */
export interface Accumulator {
  readonly name: string
  readonly client: Format
  readonly read: (text: string) => Promise<Accumulated>
}

export const MODEL = 'the-model'
export const QUESTION = 'Which way to the harbour?'
export const MESSAGES = [{ role: 'user' as const, content: QUESTION }]
const NOWHERE = 'http://127.0.0.1:1'

/** Answers every request with a stream's bytes: nothing listens, and nothing is sent. */
const settings = (text: string) => ({
  apiKey: 'nobody-asks',
  maxRetries: 0,
  logLevel: 'off' as const,
  fetch: async (): Promise<Response> =>
    new Response(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }),
})

export const openAi = (text: string): OpenAI => new OpenAI({ ...settings(text), baseURL: `${NOWHERE}/v1` })

export const anthropic = (text: string, Sdk: typeof Anthropic = Anthropic): Anthropic =>
  new Sdk({ ...settings(text), baseURL: NOWHERE })

export const genAi = (text: string): GoogleGenAI => {
  const { apiKey, fetch } = settings(text)
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: NOWHERE, fetch } })
}

/** As its user would write it down: no getters, no proxies, nothing that JSON does not show. */
const plain = (value: unknown): Json => objectOf(JSON.parse(JSON.stringify(value)))

const readChat = async (text: string): Promise<Accumulated> => {
  const stream = openAi(text).chat.completions.stream({ model: MODEL, messages: MESSAGES })
  let thought = ''
  const images: unknown[] = []
  stream.on('chunk', ({ choices }) => {
    const delta = objectOf(choices[0]?.delta)
    if (typeof delta.reasoning_content === 'string') thought += delta.reasoning_content
    if (Array.isArray(delta.images)) images.push(...delta.images)
  })
  const final = plain(await stream.finalChatCompletion())
  const choices = listOf(final.choices).map((choice) => {
    const message = objectOf(choice.message)
    const added = {
      ...('reasoning_content' in message && { reasoning_content: thought }),
      ...('images' in message && { images }),
    }
    return { ...choice, message: { ...message, ...added } }
  })
  return { final, told: () => ({ ...final, choices }) }
}

const readResponses = async (text: string): Promise<Accumulated> => {
  const final = await openAi(text).responses.stream({ model: MODEL, input: QUESTION }).finalResponse()
  return { final: plain(final), told: () => plain(addedUp(text)) }
}

const CLOSING: readonly string[] = ['response.completed', 'response.incomplete', 'response.failed']

/** The accumulator believes the closing event. Here that gives the members beside the output, and the pieces the output. */
const addedUp = (text: string): OpenAiResponse => {
  let snapshot: OpenAiResponse | undefined
  for (const { data } of framesOf(text).frames) {
    const event = JSON.parse(data) as ResponseStreamEvent
    if (CLOSING.includes(event.type) && 'response' in event && snapshot)
      return { ...event.response, output: snapshot.output }
    snapshot = accumulateResponse(event, snapshot)
  }
  throw new Error('the stream did not end')
}

const readMessages =
  (Sdk: typeof Anthropic) =>
  async (text: string): Promise<Accumulated> => {
    const stream = anthropic(text, Sdk).messages.stream({ model: MODEL, max_tokens: 100, messages: MESSAGES })
    let usage = {}
    stream.on('streamEvent', (event) => {
      if (event.type === 'message_delta') usage = event.usage
    })
    const final = plain(await stream.finalMessage())
    return { final, told: () => ({ ...final, usage: { ...objectOf(final.usage), ...usage } }) }
  }

/** Its chunks, and the history that its chat keeps of them: the only accumulator that this SDK has. */
const readGemini = async (text: string): Promise<Accumulated> => {
  const chat = genAi(text).chats.create({ model: MODEL })
  const chunks = await Array.fromAsync(await chat.sendMessageStream({ message: QUESTION }))
  return { final: gathered(chunks.map(plain)), told: () => remembered(text, chat.getHistory(true)) }
}

/** The chunks as they were sent, with the content that the chat remembers, where it took the answer for a whole one. */
const remembered = (text: string, history: readonly Content[]): Json => {
  const frames = text.split(/\r?\n\r?\n/).filter((block) => block.startsWith('data: '))
  const sent = gathered(frames.map((block) => objectOf(JSON.parse(block.slice(6)))))
  const parts = history.filter(({ role }) => role === 'model').flatMap((turn) => listOf(plain(turn).parts))
  const [{ content } = {}] = listOf(gathered([{ candidates: [{ content: { parts } }] }]).candidates)
  return { ...sent, candidates: [{ ...listOf(sent.candidates)[0], content }] }
}

export const ACCUMULATORS: readonly Accumulator[] = [
  { name: 'openai, Chat', client: 'openai-chat', read: readChat },
  { name: 'openai, Responses', client: 'openai-responses', read: readResponses },
  { name: '@anthropic-ai/sdk 1.x', client: 'anthropic-messages', read: readMessages(Anthropic) },
  {
    name: '@anthropic-ai/sdk 0.x',
    client: 'anthropic-messages',
    read: readMessages(AnthropicZero as unknown as typeof Anthropic),
  },
  { name: '@google/genai', client: 'gemini', read: readGemini },
]
