import type { Delta, Reader } from './answer.ts'
import type { JsonObject } from './conversation.ts'
import { counted, countIn, ended, failed, listOf, membersOf, saidIn, textIn, told } from './reading.ts'

/** Reads Messages: a message, and the events of a stream, which name their block by its index. */
export const messagesReader: Reader = {
  whole: (body) => {
    const { content, usage, stop_reason } = membersOf(body)
    const blocks = listOf(content).flatMap((block, index) => wholeBlock(membersOf(block), `${index}`))
    return [...blocks, ...usageOf(usage), ...ended(stop_reason)]
  },
  event: (data) => {
    const { type, index, message, content_block, delta, usage } = membersOf(data)
    const at = `${countIn(index) ?? 0}`
    switch (type) {
      case 'message_start':
        return usageOf(membersOf(message).usage)
      case 'content_block_start':
        return begunBlock(membersOf(content_block), at)
      case 'content_block_delta':
        return moreOf(membersOf(delta), at)
      case 'message_delta':
        return [...usageOf(usage), ...ended(membersOf(delta).stop_reason)]
      case 'error':
        return failed(data)
      default:
        return []
    }
  },
}

const wholeBlock = (block: JsonObject, at: string): readonly Delta[] => [
  ...begunBlock(block, at),
  ...(block.type === 'tool_use' ? [{ kind: 'call', at, arguments: JSON.stringify(block.input ?? {}) } as const] : []),
]

/** What stands in a block when it begins. The arguments of a call come after it, in a stream. */
const begunBlock = (block: JsonObject, at: string): readonly Delta[] => {
  switch (block.type) {
    case 'text':
      return told('text', at, block.text)
    case 'thinking':
      return [...told('thinking', at, block.thinking), ...signed(block, at)]
    case 'redacted_thinking':
      return [{ kind: 'state', at, of: 'thinking', value: { type: 'redacted_thinking', data: textIn(block.data) } }]
    case 'tool_use':
      return [{ kind: 'call', at, id: saidIn(block.id), name: saidIn(block.name) }]
    default:
      return []
  }
}

const moreOf = (delta: JsonObject, at: string): readonly Delta[] => {
  switch (delta.type) {
    case 'text_delta':
      return told('text', at, delta.text)
    case 'thinking_delta':
      return told('thinking', at, delta.thinking)
    case 'signature_delta':
      return signed(delta, at)
    case 'input_json_delta':
      return [{ kind: 'call', at, arguments: saidIn(delta.partial_json) }]
    default:
      return []
  }
}

const signed = ({ signature }: JsonObject, at: string): readonly Delta[] =>
  textIn(signature) === '' ? [] : [{ kind: 'state', at, of: 'thinking', value: { signature } }]

/** What was read from the cache, or written into it, is not in `input_tokens` here. */
const usageOf = (usage: unknown): readonly Delta[] => {
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = membersOf(usage)
  const [input, cached, written] = [input_tokens, cache_read_input_tokens, cache_creation_input_tokens].map(countIn)
  return counted({
    input: input === undefined ? undefined : input + (cached ?? 0) + (written ?? 0),
    cached,
    output: countIn(output_tokens),
  })
}
