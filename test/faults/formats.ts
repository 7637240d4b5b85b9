import { bodyBytes, type Interaction } from '../replay/interaction.ts'
import { ownFixtures } from '../recorded/recordings.ts'
import { clientRequest } from '../recorded/ask.ts'

/** One wire format with a fixture of each kind, for faults that must look right in every format. */
export interface Format {
  readonly name: string
  readonly unary: Interaction
  readonly streamed: Interaction
  /** How an error looks once a stream has begun. */
  readonly streamError: RegExp
}

const fixtures = new Map(ownFixtures().map((interaction) => [interaction.id, interaction]))

export const fixture = (id: string): Interaction => {
  const found = fixtures.get(id)
  if (!found) throw new Error(`there is no fixture ${id}`)
  return found
}

export const FORMATS: readonly Format[] = [
  {
    name: 'openai-chat',
    unary: fixture('own-openai-chat-text'),
    streamed: fixture('own-openai-chat-stream-usage-asked'),
    streamError: /^data: \{"error":\{/m,
  },
  {
    name: 'openai-responses',
    unary: fixture('own-openai-responses-text'),
    streamed: fixture('own-openai-responses-stream-text'),
    streamError: /^event: (error|response\.failed)$/m,
  },
  {
    name: 'anthropic-messages',
    unary: fixture('own-anthropic-messages-text'),
    streamed: fixture('own-anthropic-messages-stream-text'),
    streamError: /^event: error\ndata: \{"type":"error","error":\{"type":"/m,
  },
  {
    name: 'gemini',
    unary: fixture('own-gemini-generate-text'),
    streamed: fixture('own-gemini-stream-text'),
    streamError: /^data: \{"error":\{"code":\d+/m,
  },
]

export const textOf = (interaction: Interaction): string => new TextDecoder().decode(bodyBytes(interaction))

/** Asks the gateway for an interaction, as a client of its format does. */
export const ask = (url: string, interaction: Interaction, key: string, init: RequestInit = {}): Promise<Response> => {
  const { target, headers, body } = clientRequest(interaction, key, 0)
  return fetch(url + target, { method: 'POST', headers, body, ...init })
}

const PATIENCE_MS = 30_000

/** Waits for something to become so; a generous limit, so that a slow machine fails no test. */
export const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const deadlineMs = Date.now() + PATIENCE_MS
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`waited ${PATIENCE_MS / 1_000} s for ${what}`)
    await Bun.sleep(10)
  }
}
