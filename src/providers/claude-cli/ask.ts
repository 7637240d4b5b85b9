import type { Loss, LossCode } from '../../canon/losses.ts'
import type { UpstreamFormat } from '../../canon/operation.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { type Block, type Declare, isRecord, plainBlocks, textIn } from './blocks.ts'

/** A request as the command can be asked it. */
export interface CliAsk {
  readonly model: string
  /** Instructions; empty: none. */
  readonly system: string
  /** Turns before the last one, in order, roles in turn. */
  readonly history: readonly CliTurn[]
  readonly last: readonly Block[]
  readonly stream: boolean
  readonly outputTokensMax: number | undefined
  /** `0`: it is told not to think; `undefined`: as much as it likes. */
  readonly thinkingTokensMax: number | undefined
  readonly effort: string | undefined
  readonly losses: readonly Loss[]
}

export interface CliTurn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

/** Members that are read below; any other is left out, and that is declared. */
const READ = new Set(['model', 'messages', 'system', 'max_tokens', 'stream', 'thinking', 'output_config', 'tools'])
/** Members whose absence would make it another request. */
const REFUSED = ['mcp_servers', 'container', 'output_format']

/** What a Messages body loses on its way to the command, or why it cannot be asked. */
export const lossesOf = (format: UpstreamFormat, body: unknown): Result<readonly Loss[], GatewayError> => {
  if (format !== 'anthropic-messages') return ok([])
  const ask = readAsk(body)
  return ask.ok ? ok(ask.value.losses) : ask
}

/** Reads a Messages body: https://platform.claude.com/docs/en/api/messages */
export const readAsk = (body: unknown): Result<CliAsk, GatewayError> => {
  if (!isRecord(body)) return refused('', 'The body is not a JSON object.')
  const refusal = refusalOf(body)
  if (refusal) return refusal
  const losses: Loss[] = []
  const declare: Declare = (pointer, code) => losses.push({ pointer, code })
  declareUnread(body, declare)
  const turns = turnsOf(body.messages, declare)
  const last = turns.at(-1)
  if (last?.role !== 'user') {
    return refused('messages', 'The Claude CLI goes on from words of the user only: end messages with a user turn.')
  }
  return ok({
    model: textIn(body.model),
    system: systemOf(body.system, declare),
    history: turns.slice(0, -1),
    last: last.content,
    stream: body.stream === true,
    outputTokensMax: numberOf(body.max_tokens),
    ...thinkingOf(body),
    losses,
  })
}

const refused = (param: string, message: string): Result<never, GatewayError> =>
  err(fault('unsupported-parameter', message, { param }))

/** Names that cannot be taken for an option. */
const MODEL = /^[A-Za-z0-9][\w.:@[\]/-]{0,199}$/

const refusalOf = (body: Readonly<Record<string, unknown>>): Result<never, GatewayError> | undefined => {
  if (typeof body.model !== 'string' || !MODEL.test(body.model))
    return refused('model', 'The Claude CLI knows no model of this name.')
  // Tools that were declared only because the history calls them may not be called, and so can be left out.
  if (Array.isArray(body.tools) && body.tools.length > 0 && !isNone(body.tool_choice)) {
    const message =
      'The Claude CLI cannot be given tools of the client. Leave tools out, or choose a model of another provider.'
    return refused('tools', message)
  }
  const format = isRecord(body.output_config) ? body.output_config.format : undefined
  const name = format == null ? REFUSED.find((each) => body[each] != null) : 'output_config.format'
  return name === undefined
    ? undefined
    : refused(name, `The Claude CLI takes no ${name}. Leave it out, or choose a model of another provider.`)
}

const isNone = (choice: unknown): boolean => isRecord(choice) && choice.type === 'none'

const declareUnread = (body: Readonly<Record<string, unknown>>, declare: Declare): void => {
  for (const [name, value] of Object.entries(body)) {
    if (READ.has(name) || value == null || isDefault(name, value)) continue
    const code: LossCode = name === 'cache_control' ? 'emulated' : 'unsupported'
    declare(`/${name}`, code)
  }
  if (Array.isArray(body.tools) && body.tools.length > 0) declare('/tools', 'unsupported')
}

const isDefault = (name: string, value: unknown): boolean =>
  ((name === 'temperature' || name === 'top_p') && value === 1) ||
  (name === 'tool_choice' && (isNone(value) || (isRecord(value) && value.type === 'auto'))) ||
  (name === 'service_tier' && value === 'auto') ||
  (Array.isArray(value) && value.length === 0)

const systemOf = (system: unknown, declare: Declare): string => {
  if (typeof system === 'string') return system
  if (!Array.isArray(system)) return ''
  return plainBlocks(system, '/system', declare)
    .map((block) => textIn(block.text))
    .join('\n\n')
}

/** Turns with roles in turn: neighbours of one role are one turn, as they are for the vendor. */
const turnsOf = (messages: unknown, declare: Declare): readonly CliTurn[] => {
  const turns: { role: CliTurn['role']; content: Block[] }[] = []
  for (const [index, message] of (Array.isArray(messages) ? messages : []).entries()) {
    if (!isRecord(message)) continue
    const pointer = `/messages/${index}`
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    if (message.role === 'system') declare(pointer, 'approximated')
    const content = contentOf(message, role, pointer, declare)
    const before = turns.at(-1)
    if (before?.role === role) before.content.push(...content)
    else if (content.length > 0) turns.push({ role, content: [...content] })
  }
  return turns
}

const contentOf = (
  { content }: Readonly<Record<string, unknown>>,
  role: CliTurn['role'],
  pointer: string,
  declare: Declare,
): readonly Block[] => {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return []
  const blocks = plainBlocks(content, `${pointer}/content`, declare)
  // The command takes words of the assistant only.
  return role === 'user' ? blocks : blocks.filter(({ type }) => type === 'text')
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined

const EFFORT = /^[a-z]{1,20}$/

/** Without a wish it does not think, as over the API; models that always think do so all the same. */
const thinkingOf = ({
  thinking,
  output_config: output,
}: Readonly<Record<string, unknown>>): Pick<CliAsk, 'thinkingTokensMax' | 'effort'> => {
  const wish = isRecord(thinking) ? thinking : {}
  const effort = isRecord(output) && typeof output.effort === 'string' ? output.effort : undefined
  const budget = numberOf(wish.budget_tokens)
  const free = wish.type === 'adaptive' || (wish.type === 'enabled' && budget === undefined)
  return {
    thinkingTokensMax: free ? undefined : wish.type === 'enabled' ? budget : 0,
    effort: effort !== undefined && EFFORT.test(effort) ? effort : undefined,
  }
}
