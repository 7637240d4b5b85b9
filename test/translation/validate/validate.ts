import { faultsOfMessages } from './anthropic-messages.ts'
import { asReadBy, isOfDialect, refusedByDialect } from './dialects.ts'
import { faultsOfGemini } from './gemini.ts'
import { faultsOfChat } from './openai-chat.ts'
import { faultsOfResponses } from './openai-responses.ts'
import type { Sent } from './sent.ts'
import { takenAs } from './taken.ts'

/** The formats that are judged. */
export type Format = keyof typeof VALIDATORS

/**
 * What each real API would refuse of a request: unknown fields at any depth, wrong types and words, and the rules that
 * tie fields and turns together. Pure; a parsed body in, sentences out, none when it would be taken.
 */
export const faultsOf = (format: Format, body: unknown, sent: Sent = {}): string[] => {
  const { vendor, knows, isPassedThrough } = sent
  const read = isPassedThrough ? asReadBy(vendor, body) : body
  const own = isPassedThrough ? refusedByDialect(vendor, read) : []
  return [...own, ...VALIDATORS[format](read, sent)].filter(
    (fault) =>
      !knows?.some((name) => fault.endsWith(`/${name} is not known`) || fault.startsWith(`/${name} `)) &&
      !(isPassedThrough && (isOfDialect(vendor, fault) || takenAs(format, vendor, fault, read))),
  )
}

const VALIDATORS = {
  'openai-chat': (body: unknown) => faultsOfChat(body),
  'openai-responses': (body: unknown) => faultsOfResponses(body),
  'anthropic-messages': faultsOfMessages,
  gemini: faultsOfGemini,
} satisfies Readonly<Record<string, (body: unknown, sent: Sent) => string[]>>
