import { faultsOfMessages } from './anthropic-messages.ts'
import { faultsOfGemini } from './gemini.ts'
import { faultsOfChat } from './openai-chat.ts'
import { faultsOfResponses } from './openai-responses.ts'
import type { Sent } from './sent.ts'

/**
 * What each real API would refuse of a request: unknown fields at any depth, wrong types and words, and the rules that
 * tie fields and turns together. Pure; a parsed body in, sentences out, none when it would be taken.
 */
export const faultsOf = (format: keyof typeof VALIDATORS, body: unknown, sent: Sent = {}): string[] =>
  VALIDATORS[format](body, sent).filter(
    (fault) => !sent.knows?.some((name) => fault.endsWith(`/${name} is not known`) || fault.startsWith(`/${name} `)),
  )

const VALIDATORS = {
  'openai-chat': (body: unknown) => faultsOfChat(body),
  'openai-responses': faultsOfResponses,
  'anthropic-messages': (body: unknown) => faultsOfMessages(body),
  gemini: faultsOfGemini,
} satisfies Readonly<Record<string, (body: unknown, sent: Sent) => string[]>>
