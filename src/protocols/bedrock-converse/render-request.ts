import type { JsonObject, RenderedRequest, Target } from '../../canon/codec.ts'
import type { Block } from '../../canon/blocks.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import { createLosses, type Losses } from '../../canon/losses.ts'
import type { GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { renderForeign } from '../anthropic-messages/render-request.ts'
import { fitCallId } from '../shared/call-ids.ts'
import { mediaField } from '../shared/media-fields.ts'
import { isObject, objectOf, objectsOf } from '../json.ts'
import { createContentWriter, systemOf } from './render-content.ts'
import { additionalFields, inferenceConfig, outputConfig } from './render-settings.ts'
import { renderToolConfig } from './render-tools.ts'

/** Writes a request to Converse, out of the one that Messages would have; model and streaming are in the path. */
export const renderRequest = (conversation: Conversation, target: Target): Result<RenderedRequest, GatewayError> => {
  const losses = createLosses()
  const rendered = renderForeign(uncited(conversation, losses), target, losses)
  const body = converseOf(rendered.body, conversation, target, losses)
  return losses.refusal ? err(losses.refusal) : ok({ ...rendered, body, losses: losses.list })
}

const converseOf = (
  message: JsonObject,
  { settings, toolChoice, turns }: Conversation,
  { profile }: Target,
  losses: Losses,
): JsonObject => {
  const writer = createContentWriter(losses, resultsIn(turns, profile))
  const messages = objectsOf(message.messages).map(({ role, content }) => ({
    role,
    content: writer.contentOf(objectsOf(content)),
  }))
  // A mark on the whole request stands at its end.
  const last = messages.at(-1)
  if (last && isObject(message.cache_control)) last.content.push(writer.cachePoint(message.cache_control))
  const toolConfig = renderToolConfig(message, writer, losses, toolChoice?.pointer)
  const output = outputConfig(objectOf(message.output_config), settings.shape?.value)
  const additional = additionalFields(message, profile)
  const system = systemOf(objectsOf(message.system), writer)
  return {
    messages,
    ...(system.length > 0 && { system }),
    inferenceConfig: inferenceConfig(message),
    ...(toolConfig && { toolConfig }),
    ...(output && { outputConfig: output }),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
  }
}

/** Where the client wrote the result of each call, by the id that is sent. */
const resultsIn = (turns: readonly Turn[], { tools }: Target['profile']): ReadonlyMap<string, string> =>
  new Map(
    turns
      .flatMap(({ blocks }) => blocks)
      .flatMap((block) =>
        block.kind === 'tool-result' && block.pointer !== undefined
          ? [[fitCallId(block.callId, tools.callIdLengthMax, 'plain'), block.pointer] as const]
          : [],
      ),
  )

/** Citations come in a form that says no pages and no addresses: they are not asked for. */
const uncited = (conversation: Conversation, losses: Losses): Conversation => {
  const strip = <One extends Block>(block: One): One => {
    if (block.kind === 'tool-result') return { ...block, content: block.content.map(strip) }
    if (block.kind !== 'media' || block.citationsEnabled !== true) return block
    losses.declare(mediaField(block, 'citationsEnabled'), 'unsupported')
    return { ...block, citationsEnabled: false }
  }
  const turns = conversation.turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(strip) }))
  return { ...conversation, turns }
}
