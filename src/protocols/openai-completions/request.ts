import type { Envelope } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import { elementsOf } from '../../canon/scan-object.ts'
import type { Scan } from '../../canon/scan.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import {
  CHOICES,
  LIMIT,
  checkKind,
  envelopeOf,
  fieldsOf,
  mistake,
  modelEdit,
  readCount,
  readFlag,
  readModel,
  readObject,
  rewriteBody,
  usageEdits,
} from '../envelope.ts'

/** What the API answers with when nobody says (OpenAI API reference, Completions). */
const OUTPUT_TOKENS_DEFAULT = 16

const PROMPTS_MAX = 10_000
const PROMPT_EXPECTATION = `a string, or an array of tokens or of at most ${PROMPTS_MAX} prompts`

/** Reads the envelope of a legacy Completions request. */
export const readEnvelope = (scan: Scan, _operation: Operation): Result<Envelope, GatewayError> => {
  const fields = fieldsOf(scan)
  const model = readModel(fields)
  checkKind(fields, 'prompt', ['string', 'array', 'null'], PROMPT_EXPECTATION, 'required')
  const prompts = promptCount(scan)
  if (prompts > PROMPTS_MAX) mistake(fields, 'prompt', PROMPT_EXPECTATION)
  const stream = readFlag(fields, 'stream')
  const options = readObject(fields, 'stream_options')
  // Zero is legal: with `echo`, it scores the prompt and writes nothing.
  const outputTokensLimit = readCount(fields, 'max_tokens', { ...LIMIT, min: 0 }) ?? OUTPUT_TOKENS_DEFAULT
  const choices = readCount(fields, 'n', CHOICES) ?? 1
  // Every candidate is billed, not only those returned.
  const candidates = readCount(fields, 'best_of', { ...CHOICES, min: 0 }) ?? 1
  return envelopeOf(fields, {
    model,
    stream,
    outputTokensLimit,
    choices: Math.max(choices, candidates) * prompts,
    answers: choices * prompts,
    includesUsage: options !== undefined && readFlag(options, 'include_usage'),
  })
}

/** The body to send: the model's name there, and a request for the usage chunk when the client made none. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model, dialect }: Rewrite): Uint8Array => {
  const asksForUsage = envelope.stream && dialect.acceptsStreamOptions && !envelope.includesUsage
  const usage = asksForUsage ? usageEdits(envelope) : {}
  return rewriteBody(envelope, { ...usage, set: { ...modelEdit(envelope, model), ...usage.set } })
}

/** The path under a base URL that ends in `/v1`. */
export const upstreamPath = (_action: Action, _model: string, _stream: boolean): string => '/completions'

/** A list of strings, or of token lists, is as many prompts, each answered `n` times; a list of tokens is one. */
const promptCount = (scan: Scan): number => {
  const prompt = scan.members.get('prompt')
  if (!prompt || scan.bytes[prompt.valueStart] !== 0x5b) return 1
  const first = elementsOf(scan, prompt, 1)[0]
  const opening = first && scan.bytes[first.start]
  return opening === 0x22 || opening === 0x5b ? elementsOf(scan, prompt, PROMPTS_MAX + 1).length : 1
}
