import type { Block } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Conversation, FunctionTool, Turn } from '../../canon/conversation.ts'
import { renderRequest } from './render-request.ts'
import { chat, type ProfilePatch, targetWith } from './test-parts.ts'

export const rendered = (more: Partial<Conversation>, patch: ProfilePatch = {}) => {
  const result = renderRequest(chat(more), targetWith(patch))
  if (!result.ok) throw new Error(`${result.error.param}: ${result.error.message}`)
  const { body, losses, ...rest } = result.value
  return { ...rest, body, losses: losses.map(({ pointer, code }) => `${pointer} ${code}`) }
}
export const refused = (more: Partial<Conversation>, patch: ProfilePatch = {}): string | undefined => {
  const result = renderRequest(chat(more), targetWith(patch))
  return result.ok ? undefined : result.error.param
}

export const turn = (role: Turn['role'], index: number, ...blocks: readonly Block[]): Turn => ({
  role,
  pointer: `/messages/${index}`,
  blocks: blocks.map((block, at) => ({ pointer: `/messages/${index}/content/${at}`, ...block })),
})
export const text = (words: string): Block => ({ kind: 'text', text: words })
export const call = (id: string, name = 'f', args = '{}'): Block => ({
  kind: 'tool-call',
  id,
  name,
  form: 'function',
  arguments: args,
})
export const result = (callId: string, ...content: readonly Extract<Block, { kind: 'text' | 'media' }>[]): Block => ({
  kind: 'tool-result',
  callId,
  form: 'function',
  content,
})
export const tool = (name: string, more: Partial<FunctionTool> = {}): FunctionTool => ({
  kind: 'function',
  name,
  pointer: `/tools/${name}`,
  schema: { type: 'object', properties: {} },
  ...more,
})
/** The blocks of one message of a rendered body. */
export const contentOf = (body: JsonObject, index: number): readonly JsonObject[] => {
  const { content } = (body.messages as JsonObject[])[index] ?? {}
  return content as JsonObject[]
}
export const sourced = <Value>(value: Value, pointer: string) => ({ value, pointer })
