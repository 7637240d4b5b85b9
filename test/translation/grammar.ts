import type { WireFormat } from '../../src/canon/operation.ts'
import { judgeChat } from './grammar-chat.ts'
import { judgeGemini } from './grammar-gemini.ts'
import { judgeMessages } from './grammar-messages.ts'
import { judgeResponses } from './grammar-responses.ts'

/** What a stream breaks of its format's rules, and how it ended: `none` when it just stops. */
export interface Verdict {
  readonly faults: readonly string[]
  readonly end: 'success' | 'error' | 'none'
}

/** The event grammar of each format's streams, as strict as its strictest official client. */
export const judgeStream: Readonly<Record<string, (text: string) => Verdict>> = {
  'openai-chat': judgeChat,
  'openai-responses': judgeResponses,
  'anthropic-messages': judgeMessages,
  gemini: judgeGemini,
} satisfies Partial<Record<WireFormat, (text: string) => Verdict>>
