import type { Block } from '../../canon/blocks.ts'
import type { Carriers, JsonObject, ParsedRequest } from '../../canon/codec.ts'
import type { Conversation, Tool } from '../../canon/conversation.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { parseRequest } from './parse-request.ts'

export const carriers: Carriers = {
  seal: ({ family, kind, data }) => `sealed:${family}:${kind}:${data}`,
  open(text) {
    if (text === 'sealed:damaged') return 'damaged'
    const [mark, family, , ...data] = text.split(':')
    return mark === 'sealed' ? { family: family ?? '', kind: 'thinking', data: data.join(':') } : undefined
  },
}
export const parse = (
  more: JsonObject,
  action: 'generate' | 'count-tokens' = 'generate',
): Result<ParsedRequest, GatewayError> =>
  parseRequest({ model: 'm', input: 'hi', ...more }, { format: 'openai-responses', action }, carriers)
export const parsed = (more: JsonObject): ParsedRequest => {
  const result = parse(more)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
export const read = (more: JsonObject): Conversation => parsed(more).conversation
export const blocks = (...input: readonly JsonObject[]): readonly Block[] =>
  read({ input }).turns.flatMap((turn) => turn.blocks)
export const shapes = (...input: readonly JsonObject[]) =>
  read({ input }).turns.map(({ role, blocks: all }) => `${role}: ${all.map(({ kind }) => kind).join(' ')}`)
export const tools = (...declared: readonly JsonObject[]): readonly Tool[] => read({ tools: declared }).tools

export const say = (role: string, content: unknown, more: JsonObject = {}): JsonObject => ({ role, content, ...more })
export const call = (id: string, more: JsonObject = {}): JsonObject => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: '{}',
  ...more,
})
export const result = (id: string, output: unknown = 'out'): JsonObject => ({
  type: 'function_call_output',
  call_id: id,
  output,
})
export const reasoning = (more: JsonObject = {}): JsonObject => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: [],
  ...more,
})
