import type { Carriers, JsonObject, ParsedRequest } from '../../canon/codec.ts'
import type { Conversation, Settings } from '../../canon/conversation.ts'
import { numberOf } from '../../canon/json-text.ts'
import type { Operation } from '../../canon/operation.ts'
import type { GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { parseSettings } from '../openai-chat/parse-settings.ts'
import { createReader, isAbsent, type Reader } from '../openai-chat/reader.ts'

/** What the API answers with when nobody says (OpenAI API reference, Completions). */
const OUTPUT_TOKENS_DEFAULT = 16

/**
 * Reads a legacy Completions request as a conversation of one user turn. A chat model answers the prompt where a
 * completion model would have gone on with it, which is declared.
 */
export const parseRequest = (
  body: JsonObject,
  _operation: Operation,
  carriers: Carriers,
): Result<ParsedRequest, GatewayError> => {
  const reader = createReader(carriers)
  const model = reader.text(body.model, '/model') ?? reader.wrong('/model', 'the name of a model', body.model) ?? ''
  const prompt = readPrompt(reader, body.prompt)
  refuseRaw(reader, body)
  const options = reader.object(body.stream_options, '/stream_options')
  const echo = reader.flag(body.echo, '/echo') ?? false
  reader.losses.declare('/prompt', 'approximated')
  const conversation: Conversation = {
    format: 'openai-completions',
    model,
    stream: reader.flag(body.stream, '/stream') ?? false,
    turns: [{ role: 'user', blocks: [{ kind: 'text', text: prompt, pointer: '/prompt' }], pointer: '/prompt' }],
    tools: [],
    settings: settingsOf(reader, body, echo),
    unmapped: reader.unmapped,
    wishes: {
      includesUsage: reader.flag(options?.include_usage, '/stream_options/include_usage') ?? false,
      legacyFunctions: false,
      echo: echo ? { prompt } : {},
    },
    native: { format: 'openai-completions', value: body },
  }
  const { mistake, losses } = reader
  return mistake ? err(mistake) : ok({ conversation, losses: losses.list })
}

/** One prompt of text. Several would be as many requests, and tokens mean something to one model only. */
const readPrompt = (reader: Reader, value: unknown): string => {
  if (typeof value === 'string' && value !== '') return value
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : undefined
  if (typeof only === 'string' && only !== '') return only
  const expectation =
    'one string of at least one character for this model: send each prompt of a list as its own request, and text instead of tokens'
  reader.wrong('/prompt', expectation, value)
  return ''
}

/** What only a model that continues raw text can do. */
const refuseRaw = (reader: Reader, body: JsonObject): void => {
  if (!isAbsent(body.suffix) && body.suffix !== '') reader.leave('/suffix', 'refuse')
  const candidates = reader.number(body.best_of, '/best_of') ?? 1
  if (candidates > (numberOf(body.n) ?? 1)) reader.leave('/best_of', 'refuse')
  if (body.echo === true && !isAbsent(body.logprobs)) reader.leave('/echo', 'refuse')
}

/** Settings that have the same name and meaning in Chat. */
const SHARED: readonly string[] = [
  'frequency_penalty',
  'logit_bias',
  'n',
  'presence_penalty',
  'seed',
  'stop',
  'temperature',
  'top_p',
  'user',
]
const READ_ABOVE: ReadonlySet<string> = new Set([
  ...SHARED,
  'model',
  'prompt',
  'best_of',
  'echo',
  'logprobs',
  'max_tokens',
  'stream',
  'stream_options',
  'suffix',
])

const settingsOf = (reader: Reader, body: JsonObject, echo: boolean): Settings => {
  reader.leaveOthers(body, READ_ABOVE, '')
  const alternatives = echo ? undefined : reader.number(body.logprobs, '/logprobs')
  const limit = reader.number(body.max_tokens, '/max_tokens')
  return {
    ...parseSettings(reader, Object.fromEntries(Object.entries(body).filter(([name]) => SHARED.includes(name)))),
    outputTokensMax: { value: limit ?? OUTPUT_TOKENS_DEFAULT, pointer: '/max_tokens' },
    ...(alternatives !== undefined && { logprobs: { value: alternatives, pointer: '/logprobs' } }),
  }
}
