import type { AnswerEvent, StopReason } from '../../canon/answer.ts'
import type { TokenLogprob } from '../../canon/blocks.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { createLosses, type Loss } from '../../canon/losses.ts'
import { finishReason } from '../openai-chat/finish-reason.ts'
import { codePointsOf } from '../shared/code-points.ts'

/** What one chunk says. */
export interface TextPiece {
  readonly text: string
  readonly logprobs?: JsonObject
  readonly finish?: string
}

/** Turns the events of an answer into pieces of text: there is nothing else in a completion. */
export interface TextWriter {
  push(event: AnswerEvent): readonly TextPiece[]
  readonly losses: readonly Loss[]
}

export const createTextWriter = ({ wishes }: Reversal): TextWriter => {
  const losses = createLosses()
  const said = new Set<number>()
  const prompt = typeof wishes.echo.prompt === 'string' ? wishes.echo.prompt : ''
  let characters = 0

  const piece = (text: string, logprobs: readonly TokenLogprob[] | undefined): TextPiece => {
    const offset = characters
    characters += codePointsOf(text, text.length)
    return { text, ...(logprobs && { logprobs: legacyLogprobs(logprobs, offset) }) }
  }

  return {
    push(event) {
      switch (event.type) {
        case 'start':
          return prompt === '' ? [] : [piece(prompt, undefined)]
        case 'open':
          if (event.opening.kind === 'text' && event.opening.phase !== undefined)
            losses.declare('/response', 'unsupported')
          if (event.opening.kind === 'text' || event.opening.kind === 'refusal') said.add(event.key)
          // A call has no place here, and no tools were sent to call.
          else if (event.opening.kind === 'tool-call') losses.declare('/response', 'unsupported')
          return []
        case 'delta':
          return said.has(event.key) && (event.text !== '' || event.logprobs) ? [piece(event.text, event.logprobs)] : []
        case 'citation':
        case 'whole':
          losses.declare('/response', 'unsupported')
          return []
        case 'stop':
          return [{ text: '', finish: wordOf(event.stop.reason, losses) }]
        default:
          return []
      }
    },
    get losses() {
      return losses.list
    },
  }
}

const wordOf = (reason: StopReason, losses: ReturnType<typeof createLosses>): string => {
  const word = finishReason({ reason }, false, losses)
  return word === 'tool_calls' ? 'stop' : word
}

/** Four lists side by side, as Completions have them; offsets count characters of the whole text. */
export const legacyLogprobs = (tokens: readonly TokenLogprob[], offset: number): JsonObject => {
  let at = offset
  const offsets = tokens.map(({ token }) => {
    const before = at
    at += codePointsOf(token, token.length)
    return before
  })
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: offsets,
  }
}
