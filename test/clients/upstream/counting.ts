import { faultsOf } from '../../translation/validate/validate.ts'
import type { Format } from './formats.ts'
import { isObject, type Json, textOf } from './speaker.ts'

const words = (line: string): readonly string[] => line.split(' ')

/** What each API takes where tokens are counted: less than where they are made. */
const TAKEN: Readonly<Partial<Record<Format, readonly string[]>>> = {
  'anthropic-messages': words(
    'model messages system tools tool_choice thinking output_config cache_control context_management mcp_servers output_format speed',
  ),
  'openai-responses': words(
    'model input instructions tools tool_choice parallel_tool_calls reasoning text truncation conversation previous_response_id personality',
  ),
  gemini: ['contents', 'generateContentRequest'],
}

/** What must be said where tokens are made, and not where they are counted. */
const ADDED: Readonly<Partial<Record<Format, Json>>> = {
  'anthropic-messages': { max_tokens: 1 },
  'openai-responses': { store: false },
}

/** What an API would refuse of a request to count tokens. */
export const faultsOfCount = (format: Format, body: Json): string[] => {
  const taken = TAKEN[format] ?? []
  const strange = Object.keys(body).filter((name) => !taken.includes(name))
  const unknown = strange.map((name) => `/${name} is not taken where tokens are counted`)
  const inner = body.generateContentRequest
  if (format !== 'gemini' || inner === undefined)
    return [...unknown, ...faultsOf(format, { ...body, ...ADDED[format] })]
  if (!isObject(inner)) return ['/generateContentRequest is no object']
  const { model, ...request } = inner
  const named = textOf(model).startsWith('models/') ? [] : ['/generateContentRequest/model is no name of a resource']
  const both = body.contents === undefined ? [] : ['/contents beside /generateContentRequest']
  return [...unknown, ...named, ...both, ...faultsOf(format, request)]
}
