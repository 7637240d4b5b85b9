import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject, Source, StreamParser } from '../../canon/codec.ts'
import { parseStream as parseMessages } from '../anthropic-messages/parse-stream.ts'
import { isObject, objectOf, textOf } from '../json.ts'
import { exceptionIn } from './exceptions.ts'
import { CARRIED, messagesCitation, messagesStop, readStop } from './parse-blocks.ts'
import { messagesUsage } from './usage.ts'

/**
 * Reads one stream, as the stream of Messages that would tell the same. Only calls say that they begin; any other block
 * begins with its first piece. The usage comes after the end of the message, which waits for it.
 */
export const parseStream = (source: Source): StreamParser => {
  const messages = parseMessages(source)
  const open = new Set<number>()
  let stopReason: string | undefined

  const told = (event: JsonObject): readonly AnswerEvent[] =>
    messages
      .push(event, '')
      .map((each) => (each.type === 'stop' ? { ...each, stop: readStop(stopReason ?? '') } : each))

  const begin = (index: number, block: JsonObject): readonly AnswerEvent[] => {
    if (open.has(index)) return []
    open.add(index)
    return told({ type: 'content_block_start', index, content_block: block })
  }
  const start = ({ contentBlockIndex, start: opening }: JsonObject): readonly AnswerEvent[] => {
    const { toolUse } = objectOf(opening)
    if (!isObject(toolUse)) return []
    const call = { type: 'tool_use', id: textOf(toolUse.toolUseId), name: textOf(toolUse.name), input: {} }
    return begin(indexOf(contentBlockIndex), call)
  }
  const goOn = ({ contentBlockIndex, delta }: JsonObject): readonly AnswerEvent[] => {
    const index = indexOf(contentBlockIndex)
    const { block, deltas } = readDelta(objectOf(delta))
    const begun = block ? begin(index, block) : []
    return [...begun, ...deltas.flatMap((piece) => told({ type: 'content_block_delta', index, delta: piece }))]
  }
  const stop = ({ contentBlockIndex }: JsonObject): readonly AnswerEvent[] => {
    const index = indexOf(contentBlockIndex)
    return open.delete(index) ? told({ type: 'content_block_stop', index }) : []
  }
  const finish = (usage: unknown): readonly AnswerEvent[] => [
    ...told({
      type: 'message_delta',
      delta: { stop_reason: messagesStop(stopReason ?? '') },
      usage: messagesUsage(objectOf(usage)),
    }),
    ...told({ type: 'message_stop' }),
  ]

  return {
    push(event) {
      if (isObject(event.messageStart)) return told({ type: 'message_start', message: {} })
      if (isObject(event.contentBlockStart)) return start(event.contentBlockStart)
      if (isObject(event.contentBlockDelta)) return goOn(event.contentBlockDelta)
      if (isObject(event.contentBlockStop)) return stop(event.contentBlockStop)
      if (isObject(event.messageStop)) {
        stopReason = textOf(event.messageStop.stopReason)
        return []
      }
      if (isObject(event.metadata)) return stopReason === undefined ? [] : finish(event.metadata.usage)
      const exception = exceptionIn(event)
      if (exception) return told({ type: 'error', error: exception })
      return event.error === undefined ? [] : told({ type: 'error', error: event.error })
    },
    // A message that has ended is whole, whether or not its usage came.
    end: () => (stopReason === undefined ? messages.end() : finish(undefined)),
  }
}

const indexOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

interface Delta {
  /** The block that begins with it, where none is open. */
  readonly block?: JsonObject
  readonly deltas: readonly JsonObject[]
}

const readDelta = (delta: JsonObject): Delta => {
  const { text, toolUse, reasoningContent, citation, citationsContent } = delta
  if (typeof text === 'string') return { block: { type: 'text', text: '' }, deltas: [{ type: 'text_delta', text }] }
  if (isObject(toolUse)) return { deltas: [{ type: 'input_json_delta', partial_json: textOf(toolUse.input) }] }
  if (isObject(reasoningContent)) return readReasoning(reasoningContent)
  const cited = isObject(citation) ? citation : isObject(citationsContent) ? citationsContent : undefined
  if (!cited) return { block: { type: CARRIED, block: delta }, deltas: [] }
  return { block: { type: 'text', text: '' }, deltas: [{ type: 'citations_delta', citation: messagesCitation(cited) }] }
}

const readReasoning = ({ text, signature, redactedContent }: JsonObject): Delta => {
  if (typeof redactedContent === 'string')
    return { block: { type: 'redacted_thinking', data: redactedContent }, deltas: [] }
  return {
    block: { type: 'thinking', thinking: '', signature: '' },
    deltas: [
      ...(typeof text === 'string' ? [{ type: 'thinking_delta', thinking: text }] : []),
      ...(typeof signature === 'string' ? [{ type: 'signature_delta', signature }] : []),
    ],
  }
}
