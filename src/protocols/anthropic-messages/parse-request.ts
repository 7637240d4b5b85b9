import type { Carriers, JsonObject, ParsedRequest } from '../../canon/codec.ts'
import type { Role, Turn } from '../../canon/conversation.ts'
import type { Operation } from '../../canon/operation.ts'
import type { GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { below } from '../shared/pointers.ts'
import { createReading, type Fields, fieldsOf, type Reading } from './fields.ts'
import { type Mentions, parseContent } from './parse-blocks.ts'
import { parseSettings } from './parse-settings.ts'
import { parseToolChoice, parseTools } from './parse-tools.ts'

const FORMAT = 'anthropic-messages'

/**
 * Reads a Messages request, or one that counts its tokens: that has no `max_tokens`, and no other may lack it, but
 * whoever writes it for an upstream fills it in.
 */
export const parseRequest = (
  value: JsonObject,
  _operation: Operation,
  carriers: Carriers,
): Result<ParsedRequest, GatewayError> => {
  const reading = createReading(carriers)
  const body = fieldsOf(value, '', reading)
  if (!body) return err(failureOf(reading))
  const model = body.text('model') ?? reading.fail('/model', 'the name of a model') ?? ''
  const stream = body.flag('stream') ?? false
  const tools = parseTools(body, reading)
  const typed = new Map(
    tools.flatMap((tool) => (tool.kind === 'function' && tool.typed !== undefined ? [[tool.name, tool.typed]] : [])),
  )
  const mentions: Mentions = { typed, calls: new Map() }
  const turns = [...parseSystem(body, reading, mentions), ...parseMessages(body, reading, mentions)]
  const toolChoice = parseToolChoice(body, reading)
  const settings = parseSettings(body, reading)
  leaveTheRest(body)
  if (reading.failure) return err(reading.failure)
  const { unmapped } = reading
  const omitsReasoning = tools.length === 0 && settings.reasoning?.value.visible === undefined
  const wishes = { includesUsage: true, legacyFunctions: false, echo: {}, ...(omitsReasoning && { omitsReasoning }) }
  const native = { format: FORMAT, value } as const
  return ok({
    conversation: { format: FORMAT, model, stream, turns, tools, ...toolChoice, settings, unmapped, wishes, native },
    losses: reading.losses.list,
  })
}

const failureOf = (reading: Reading): GatewayError => {
  if (!reading.failure) throw new Error('a reading that failed says why')
  return reading.failure
}

/**
 * What has no place: `container` and `mcp_servers` hold what the request needs, `inference_geo` is a promise about where
 * data goes, and the messages of a continued thread are elsewhere. The others cost or save, and the answer stays right.
 */
const leaveTheRest = (body: Fields): void => {
  const { speed } = body.value
  body.leave('refuse', 'container', 'mcp_servers', 'inference_geo')
  body.leave(body.object('thread')?.value.type === 'create' ? 'drop' : 'refuse', 'thread')
  body.leave('ignore', 'betas', 'anthropic_version', 'anthropic_beta')
  body.leave(speed === 'standard' ? 'ignore' : 'drop', 'speed')
  body.rest()
}

const parseSystem = (body: Fields, reading: Reading, mentions: Mentions): readonly Turn[] => {
  const content = body.any('system')
  if (content === undefined) return []
  const blocks = parseContent(content, '/system', reading, mentions)
  const native = { format: FORMAT, value: { role: 'system', content } } as const
  return [{ role: 'system', blocks, pointer: '/system', native }]
}

const isRole = (role: string | undefined): role is Role => role === 'user' || role === 'assistant' || role === 'system'

const parseMessages = (body: Fields, reading: Reading, mentions: Mentions): readonly Turn[] => {
  const messages = body.list('messages') ?? reading.fail('/messages', 'a list of messages') ?? []
  return messages.flatMap((value, index) => {
    const message = fieldsOf(value, below('/messages', index), reading)
    if (!message) return []
    const role = message.text('role')
    if (!isRole(role)) return reading.fail(message.at('role'), 'one of user, assistant, system') ?? []
    const blocks = parseContent(message.any('content'), message.at('content'), reading, mentions)
    message.rest()
    return [{ role, blocks, pointer: message.pointer, native: { format: FORMAT, value: message.value } }]
  })
}
