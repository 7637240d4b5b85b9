import type { Sent } from './sent.ts'
import { isObject, type Json, textOf } from './shapes.ts'
import { faultsOf, type Format } from './validate.ts'

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

/** At Google's cloud, what Google's own API wants inside `generateContentRequest` stands beside the contents. */
const TAKEN_BESIDE: Readonly<Record<string, readonly string[]>> = {
  vertex: words('model instances systemInstruction tools generationConfig'),
}

/** What must be said where tokens are made, and not where they are counted. */
const ADDED: Readonly<Partial<Record<Format, Json>>> = {
  'anthropic-messages': { max_tokens: Number.MAX_SAFE_INTEGER },
  'openai-responses': { store: false },
}

/** What an API would refuse of a request to count tokens. */
export const faultsOfCount = (format: Format, body: Json, sent: Sent = {}): string[] => {
  const taken = [...(TAKEN[format] ?? []), ...(TAKEN_BESIDE[sent.vendor ?? ''] ?? [])]
  const strange = Object.keys(body).filter((name) => !taken.includes(name))
  const unknown = strange.map((name) => `/${name} is not taken where tokens are counted`)
  const inner = body.generateContentRequest
  if (format !== 'gemini' || inner === undefined)
    return [...unknown, ...faultsOf(format, { ...body, ...ADDED[format] }, sent)]
  if (!isObject(inner)) return ['/generateContentRequest is no object']
  const { model, ...request } = inner
  const named = textOf(model).startsWith('models/') ? [] : ['/generateContentRequest/model is no name of a resource']
  const both = body.contents === undefined ? [] : ['/contents beside /generateContentRequest']
  return [...unknown, ...named, ...both, ...faultsOf(format, request, sent)]
}
