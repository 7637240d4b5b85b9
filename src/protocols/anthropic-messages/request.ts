import type { Envelope } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import type { Scan } from '../../canon/scan.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import {
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
  readString,
  rewriteBody,
} from '../envelope.ts'

/** The API requires `max_tokens`; Tollgate does not, and sends this in its place. */
const OUTPUT_TOKENS_DEFAULT = 4_096

/** Reads the envelope of a Messages request, or of one that counts its tokens. */
export const readEnvelope = (scan: Scan, operation: Operation): Result<Envelope, GatewayError> => {
  const fields = fieldsOf(scan)
  const model = readModel(fields)
  checkKind(fields, 'messages', ['array'], 'an array of messages, each with a role and content', 'required')
  const stream = readFlag(fields, 'stream')
  checkKind(fields, 'container', ['string', 'object', 'null'], 'the id of a container, or an object', 'optional')
  const thread = readObject(fields, 'thread')
  // Only the new messages of a continued thread are in the body; the upstream remembers the rest.
  const goesOn = thread !== undefined && readString(thread, 'type', 'a string') === 'continue'
  return envelopeOf(fields, {
    model,
    stream,
    outputTokensLimit: operation.action === 'generate' ? readOutputTokensLimit(fields) : undefined,
    refersToStored: goesOn || isSent(fields, 'container'),
  })
}

/** The body to send: the model's name there, and the output limit the API insists on. */
export const rewrite = (envelope: Envelope, operation: Operation, { model }: Rewrite): Uint8Array => {
  const limited = operation.action !== 'generate' || envelope.scan.members.has('max_tokens')
  const limit = limited ? {} : { max_tokens: String(OUTPUT_TOKENS_DEFAULT) }
  return rewriteBody(envelope, { set: { ...modelEdit(envelope, model), ...limit } })
}

/** The path under a base URL without a version. */
export const upstreamPath = (action: Action, _model: string, _stream: boolean): string =>
  action === 'count-tokens' ? '/v1/messages/count_tokens' : '/v1/messages'

/** Zero is legal: it fills the prompt cache and writes nothing. A thinking budget is part of the limit. */
const readOutputTokensLimit = (fields: ReturnType<typeof fieldsOf>): number =>
  readCount(fields, 'max_tokens', { ...LIMIT, min: 0, nullable: false }) ?? OUTPUT_TOKENS_DEFAULT
