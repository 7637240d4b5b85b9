import type { Customer } from '../harness/admin.ts'
import { type Script, type Stage, startStage } from '../faults/scripted.ts'

/// A gateway as an operator would set it up who moves in from a service of each kind that the page on compatibility
/// describes: real vendors' kinds, the built-in catalogue, groups, aliases and a retired name.

export const CLAUDES = [
  ...['claude-sonnet-4-6', 'claude-opus-4-7', 'claude-haiku-4-5', 'claude-sonnet-4-5', 'claude-opus-4-5'],
  ...['claude-3-5-sonnet', 'claude-3-7-sonnet-latest', 'claude-opus-4-0', 'claude-3-opus-latest'],
]
export const GPTS = ['gpt-5.5', 'gpt-5.4', 'gpt-5.3-codex', 'gpt-4o', 'gpt-4-turbo', 'text-embedding-3-large']
export const DEEPSEEKS = ['deepseek-chat', 'deepseek-reasoner']
export const COMPLETER = 'gpt-3.5-turbo-instruct'

export const RETIRED = 'claude-sonnet-4-20250514'
export const SUCCESSOR = 'claude-sonnet-4-6'

export interface World extends Stage {
  /** Somebody with a key of this group. */
  of(group: string): Customer
}

/** Starts it, with a customer of each group. */
export const startWorld = async (more: Readonly<Record<string, unknown>> = {}): Promise<World> => {
  const stage = await startStage({
    groups: { default: {}, claude: {}, gpt: {} },
    channels: [
      { id: 'an', provider: 'an', groups: ['default', 'claude'], models: CLAUDES },
      { id: 'oa', provider: 'oa', groups: ['default', 'gpt'], models: [...GPTS, COMPLETER] },
      { id: 'oc', provider: 'oc', models: ['chat', 'mixed', ...DEEPSEEKS] },
      { id: 'ge', provider: 'ge', models: ['gem', 'mixed'] },
    ],
    aliases: {
      'aiproxy/sonnet': 'claude-sonnet-4-6',
      'aiproxy/haiku': 'claude-haiku-4-5',
      'aiproxy/opus': 'claude-opus-4-7',
    },
    retired: { [RETIRED]: SUCCESSOR },
    ...more,
  })
  const customers = new Map<string, Customer>()
  for (const group of ['default', 'claude', 'gpt'])
    customers.set(group, await stage.gateway.createCustomer('100', { group }))
  return { ...stage, of: (group) => customers.get(group) ?? stage.customer }
}

/** How a client of one of four formats asks for any model at a path. */
export interface Asking {
  readonly format: 'chat' | 'responses' | 'messages' | 'gemini'
  readonly model: string
  readonly path?: string
  readonly more?: object
}

export const PATHS: Readonly<Record<Asking['format'], (model: string) => string>> = {
  chat: () => '/v1/chat/completions',
  responses: () => '/v1/responses',
  messages: () => '/v1/messages',
  gemini: (model) => `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
}

const said = (content: string) => ({ messages: [{ role: 'user', content }], max_tokens: 100 })
const BODIES: Readonly<Record<Asking['format'], (model: string, prompt: string) => object>> = {
  chat: (model, prompt) => ({ model, ...said(prompt) }),
  responses: (model, input) => ({ model, input }),
  messages: (model, prompt) => ({ model, ...said(prompt) }),
  gemini: (_model, text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
}

/** Asks as this customer; an answer of the upstream is written by the script. */
export const askFor = (
  world: World,
  { format, model, path, more }: Asking,
  script: Script,
  key = world.of('default').key,
): Promise<Response> =>
  fetch(world.gateway.url + (path ?? PATHS[format](model)), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...BODIES[format](model, world.upstream.plays(script)), ...more }),
  })

/** A whole answer in the format that the gateway asks its upstream in. */
export const answering: Script = (socket, asked) => {
  const body = JSON.stringify(answerAt(asked.target))
  socket.write(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

const answerAt = (target: string): object => {
  if (target.includes('/messages'))
    return {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', stop_reason: 'end_turn' },
      content: [{ type: 'text', text: 'Hello' }],
      usage: { input_tokens: 10, output_tokens: 5 },
    }
  if (target.includes('/responses'))
    return {
      ...{ id: 'resp_1', object: 'response', status: 'completed' },
      output: [
        {
          type: 'message',
          id: 'm',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
        },
      ],
      usage: { input_tokens: 10, output_tokens: 5 },
    }
  if (target.includes(':'))
    return {
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5 },
    }
  return {
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  }
}
