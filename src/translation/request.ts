import type { Carriers, Codec, JsonObject, RenderedRequest, Reversal, Target, UpstreamCodec } from '../canon/codec.ts'
import type { Conversation } from '../canon/conversation.ts'
import { readJson, writeJson } from '../canon/json-text.ts'
import type { Loss } from '../canon/losses.ts'
import type { Operation, WireFormat } from '../canon/operation.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'

/** A client's request, read once, to be written for as many upstreams as are tried. */
export interface ReadRequest {
  readonly conversation: Conversation
  readonly losses: readonly Loss[]
}

/** Reads a body of the client's format. The body is known to be a JSON object. */
export const readRequest = (
  codec: Codec,
  body: Uint8Array,
  operation: Operation,
  carriers: Carriers,
): Result<ReadRequest, GatewayError> => {
  const text = new TextDecoder().decode(body)
  let value: unknown
  try {
    value = readJson(text)
  } catch {
    return err(fault('invalid-json', 'The body is not readable JSON.'))
  }
  const nul = text.includes(ESCAPED_NUL) ? pointerToNul(value) : undefined
  if (nul !== undefined) return err(holdsNul(nul))
  return codec.parseRequest(value as JsonObject, operation, carriers)
}

/** JSON has no other spelling of it. Two backslashes before it would be a text about it, which is harmless. */
const ESCAPED_NUL = '\\u0000'

const holdsNul = (pointer: string): GatewayError =>
  fault('invalid-request', `The text at ${pointer} holds a NUL character, which models' APIs refuse. Take it out.`, {
    param: pointer,
    issue: 'holds a NUL character',
  })

/** Where the first text or name with a NUL character stands. */
const pointerToNul = (value: unknown, pointer = ''): string | undefined => {
  if (typeof value === 'string') return value.includes('\0') ? pointer : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    if (name.includes('\0')) return pointer
    const found = pointerToNul(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    if (found !== undefined) return found
  }
  return undefined
}

export interface WrittenRequest {
  readonly body: Uint8Array
  readonly losses: readonly Loss[]
  readonly rendered: RenderedRequest
}

/** Writes it for one upstream. Refused where something would be lost that the answer depends on. */
export const writeRequest = (
  codec: UpstreamCodec,
  { conversation, losses }: ReadRequest,
  target: Target,
): Result<WrittenRequest, GatewayError> => {
  const { said, unusable } = codec.format === conversation.format ? asSaid(conversation) : withinRange(conversation)
  const rendered = codec.renderRequest(said, target)
  if (!rendered.ok) return rendered
  const { body, losses: more } = rendered.value
  const all = [...losses, ...unusable, ...more]
  return ok({ body: Buffer.from(writeJson(body)), losses: all, rendered: rendered.value })
}

interface Usable {
  readonly said: Conversation
  readonly unusable: readonly Loss[]
}

const asSaid = (said: Conversation): Usable => ({ said, unusable: [] })

/** Below the range of every API. Servers of open models read `-1` as "not in force" and some clients send it to all. */
const LEAST = { temperature: 0, topP: 0, topK: 1 } as const

const withinRange = (conversation: Conversation): Usable => {
  const settings = { ...conversation.settings }
  const unusable: Loss[] = []
  for (const name of ['temperature', 'topP', 'topK'] as const) {
    const setting = settings[name]
    if (setting === undefined || setting.value >= LEAST[name]) continue
    delete settings[name]
    unusable.push({ pointer: setting.pointer, code: 'unsupported' })
  }
  return unusable.length === 0 ? asSaid(conversation) : { said: { ...conversation, settings }, unusable }
}

/**
 * Formats whose clients see reasoning unless they say otherwise. Responses and Gemini have a word for wanting it
 * (`summary`, `includeThoughts`), and silence means no.
 */
const SHOWN_UNASKED: ReadonlySet<WireFormat> = new Set(['openai-chat', 'anthropic-messages'])

/** What the answer to a written request is turned back with. */
export const reversalOf = (
  { conversation }: ReadRequest,
  { tools, answerTool, emulates, wrapsAnswer, stops, choices }: RenderedRequest,
  given: Pick<Reversal, 'requestId' | 'createdAtMs' | 'carriers'>,
): Reversal => ({
  ...given,
  clientFormat: conversation.format,
  model: conversation.model,
  wishes: conversation.wishes,
  showsReasoning: conversation.settings.reasoning?.value.visible ?? SHOWN_UNASKED.has(conversation.format),
  tools,
  ...(answerTool !== undefined && { answerTool }),
  // Words that go on with the client's own are no whole answer.
  ...(emulates && conversation.turns.at(-1)?.role !== 'assistant' && { emulates }),
  ...(wrapsAnswer && { wrapsAnswer }),
  ...(stops && { stops }),
  ...(choices !== undefined && { choices }),
})

/** Warnings as the header and the receipt carry them: `<JSON pointer>;<code>`. */
export const warningsOf = (losses: readonly Loss[]): readonly string[] =>
  losses.map(({ pointer, code }) => `${pointer};${code}`)
