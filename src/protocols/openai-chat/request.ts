import type { Envelope } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import type { Scan } from '../../canon/scan.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import {
  CHOICES,
  LIMIT,
  checkKind,
  envelopeOf,
  fieldsOf,
  isSent,
  modelEdit,
  readCount,
  readFlag,
  readModel,
  readObject,
  refuseField,
  rewriteBody,
  usageEdits,
} from '../envelope.ts'

/** Reads the envelope of a Chat Completions request. */
export const readEnvelope = (scan: Scan, _operation: Operation): Result<Envelope, GatewayError> => {
  const fields = fieldsOf(scan)
  const model = readModel(fields)
  // A router's own list of models would run one that this request was not priced for.
  if (isSent(fields, 'models'))
    refuseField(fields, 'models', 'name one model in "model", and others to fall back to in "fallbacks"')
  checkKind(fields, 'messages', ['array'], 'an array of messages, each with a role and content', 'required')
  const stream = readFlag(fields, 'stream')
  const options = readObject(fields, 'stream_options')
  // Servers know one name or the other, or prefer either: what is held must cover the larger.
  const older = readCount(fields, 'max_tokens', LIMIT)
  const newer = readCount(fields, 'max_completion_tokens', LIMIT)
  return envelopeOf(fields, {
    model,
    stream,
    outputTokensLimit: larger(newer, older),
    choices: readCount(fields, 'n', CHOICES) ?? 1,
    includesUsage: options !== undefined && readFlag(options, 'include_usage'),
  })
}

const larger = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other)

/** The body to send: the model's name there, and a request for the usage chunk when the client made none. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model, dialect }: Rewrite): Uint8Array => {
  const asksForUsage = envelope.stream && dialect.acceptsStreamOptions && !envelope.includesUsage
  const set = modelEdit(envelope, model)
  if (!asksForUsage) return rewriteBody(envelope, { set })
  const usage = usageEdits(envelope)
  return rewriteBody(envelope, { ...usage, set: { ...set, ...usage.set } })
}

/** The path under a base URL that ends in `/v1`. */
export const upstreamPath = (_action: Action, _model: string, _stream: boolean): string => '/chat/completions'
