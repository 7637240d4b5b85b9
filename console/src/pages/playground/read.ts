import type { Reader } from './answer.ts'
import type { Format } from './conversation.ts'
import { chatReader } from './read-chat.ts'
import { geminiReader } from './read-gemini.ts'
import { messagesReader } from './read-messages.ts'
import { responsesReader } from './read-responses.ts'

const READERS: Readonly<Record<Format, () => Reader>> = {
  'openai-chat': () => chatReader,
  'openai-responses': () => responsesReader,
  'anthropic-messages': () => messagesReader,
  gemini: geminiReader,
}

/** What reads one answer of a format. A new one for each: some remember where they are in it. */
export const read = (format: Format): Reader => READERS[format]()
