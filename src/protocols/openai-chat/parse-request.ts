import type { Carriers, JsonObject, ParsedRequest } from '../../canon/codec.ts'
import type { Conversation, Sourced } from '../../canon/conversation.ts'
import type { Operation } from '../../canon/operation.ts'
import type { GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { below } from '../shared/pointers.ts'
import { parseSettings } from './parse-settings.ts'
import { parseToolChoice, parseTools } from './parse-tools.ts'
import { parseTurns } from './parse-turns.ts'
import { createReader, isAbsent, type Reader } from './reader.ts'

/** Reads a Chat Completions request; a wrong type in it is an error that names the field. */
export const parseRequest = (
  body: JsonObject,
  _operation: Operation,
  carriers: Carriers,
): Result<ParsedRequest, GatewayError> => {
  const reader = createReader(carriers)
  const model = reader.text(body.model, '/model') ?? reader.wrong('/model', 'the name of a model', body.model) ?? ''
  const messages = reader.list(body.messages, '/messages')
  if (!messages) reader.wrong('/messages', 'an array of messages, each with a role and content', body.messages)
  const tools = parseTools(reader, body)
  const toolChoice = parseToolChoice(reader, body)
  const parallelTools = parseParallel(reader, body)
  const conversation: Conversation = {
    format: 'openai-chat',
    model,
    stream: reader.flag(body.stream, '/stream') ?? false,
    turns: parseTurns(reader, messages ?? []),
    tools,
    ...(toolChoice && { toolChoice }),
    ...(parallelTools && { parallelTools }),
    settings: parseSettings(reader, body),
    unmapped: reader.unmapped,
    wishes: {
      includesUsage: parseStreamOptions(reader, body.stream_options),
      legacyFunctions: isLegacy(body),
      echo: {},
    },
    native: { format: 'openai-chat', value: body },
  }
  return reader.mistake ? err(reader.mistake) : ok({ conversation, losses: reader.losses.list })
}

/** A client that declares `functions` knows nothing of `tool_calls`. */
const isLegacy = (body: JsonObject): boolean => !isAbsent(body.functions) && isAbsent(body.tools)

const parseParallel = (reader: Reader, body: JsonObject): Sourced<boolean> | undefined => {
  const value = reader.flag(body.parallel_tool_calls, '/parallel_tool_calls')
  if (value !== undefined) return { value, pointer: '/parallel_tool_calls' }
  // A message of that client has room for one call.
  return isLegacy(body) ? { value: false, pointer: '/functions' } : undefined
}

const parseStreamOptions = (reader: Reader, value: unknown): boolean => {
  const options = reader.object(value, '/stream_options') ?? {}
  for (const name of Object.keys(options)) {
    const pointer = below('/stream_options', name)
    // Padding against eavesdroppers is between each client and its server.
    if (name !== 'include_usage') reader.leave(pointer, name === 'include_obfuscation' ? 'ignore' : 'drop')
  }
  return reader.flag(options.include_usage, '/stream_options/include_usage') ?? false
}
