import type { Block, ToolResultBlock } from '../canon/blocks.ts'
import type { JsonObject } from '../canon/codec.ts'
import type { Conversation, Tool } from '../canon/conversation.ts'
import { numberOf, readJson, writeJson } from '../canon/json-text.ts'
import type { UpstreamFormat, WireFormat } from '../canon/operation.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'

/** What the counting endpoints take of a request; anything else is refused there as an unknown field. */
const MESSAGES_FIELDS = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
]
const RESPONSES_FIELDS = [
  ...[
    'model',
    'input',
    'instructions',
    'tools',
    'tool_choice',
    'text',
    'reasoning',
    'parallel_tool_calls',
    'truncation',
  ],
]

const only = (body: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)))

/** Whether an upstream of this format can count by itself. */
export const canCount = (format: UpstreamFormat): boolean =>
  format === 'anthropic-messages' || format === 'openai-responses' || format === 'gemini'

/** Makes a request for an answer into one for its token count. */
export const countingBody = (format: UpstreamFormat, body: JsonObject): JsonObject => {
  // Its own codec writes the wrapper that counts tools and instructions as well.
  if (format === 'gemini') return body
  return only(body, format === 'anthropic-messages' ? MESSAGES_FIELDS : RESPONSES_FIELDS)
}

/** The count in an upstream's answer. */
export const readCount = (bytes: Uint8Array): Result<number, GatewayError> => {
  const { input_tokens, totalTokens } = parsed(bytes)
  const count = numberOf(input_tokens) ?? numberOf(totalTokens)
  if (count !== undefined && Number.isSafeInteger(count)) return ok(count)
  return err(fault('upstream-unreadable', 'The provider sent a token count that is not readable. Try again.'))
}

/** What is not JSON holds no count either. */
const parsed = (bytes: Uint8Array): JsonObject => {
  try {
    return Object(readJson(new TextDecoder().decode(bytes))) as JsonObject
  } catch {
    return {}
  }
}

/** A count as the client's format says it. */
export const writeCount = (format: WireFormat, tokens: number): string => {
  if (format === 'gemini') return writeJson({ totalTokens: tokens })
  if (format === 'openai-responses') return writeJson({ object: 'response.input_tokens', input_tokens: tokens })
  return writeJson({ input_tokens: tokens })
}

/** What a chat template adds to each turn and each tool, about. */
const TOKENS_PER_TURN = 4
const TOKENS_PER_TOOL = 10
/** What vendors tell their models about calling tools at all; 140 in the middle of 366 recorded Chat requests with tools. */
const TOKENS_OF_TOOL_USE = 120
/** An image of ordinary size; a page of a document is about the same. */
const TOKENS_PER_MEDIUM = 1_000
const CHARS_PER_DOCUMENT_TOKEN = 50

export interface Countable {
  readonly text: string
  /** To be added to the tokens of the text. */
  readonly overheadTokens: number
}

/** What of a conversation a tokeniser should count, where no upstream does. */
export const countable = ({ turns, tools, settings }: Conversation): Countable => {
  const texts: string[] = []
  let overheadTokens = turns.length * TOKENS_PER_TURN
  if (tools.length > 0) overheadTokens += TOKENS_OF_TOOL_USE + tools.length * TOKENS_PER_TOOL
  const take = (block: Block): void => {
    if (block.kind === 'media') overheadTokens += mediumTokens(block)
    else if (block.kind === 'tool-result') for (const inner of block.content) take(inner)
    else texts.push(block.kind === 'tool-call' ? `${block.name} ${block.arguments}` : block.text)
  }
  for (const turn of turns) for (const block of turn.blocks) take(block)
  for (const tool of tools) texts.push(textOfTool(tool))
  const shape = settings.shape?.value
  if (shape?.kind === 'json-schema') texts.push(writeJson(shape.schema))
  return { text: texts.join('\n'), overheadTokens }
}

const mediumTokens = ({ source, media }: Extract<ToolResultBlock['content'][number], { kind: 'media' }>): number => {
  if (source.kind === 'text') return Math.ceil(source.text.length / 4)
  if (source.kind === 'base64' && media !== 'image') return Math.ceil(source.data.length / CHARS_PER_DOCUMENT_TOKEN)
  return TOKENS_PER_MEDIUM
}

const textOfTool = (tool: Tool): string =>
  `${tool.name} ${tool.description ?? ''} ${tool.kind === 'function' ? writeJson(tool.schema ?? {}) : ''}`
