import type { Envelope } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import type { Scan } from '../../canon/scan.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { checkKind, envelopeOf, fieldsOf, modelEdit, readModel, rewriteBody } from '../envelope.ts'

/** Reads the envelope of an Embeddings request. There is nothing to stream and no output to limit. */
export const readEnvelope = (scan: Scan, _operation: Operation): Result<Envelope, GatewayError> => {
  const fields = fieldsOf(scan)
  const model = readModel(fields)
  checkKind(fields, 'input', ['string', 'array'], 'a string, or an array of strings or tokens', 'required')
  return envelopeOf(fields, { model })
}

/** The body to send: the model's name there. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model }: Rewrite): Uint8Array =>
  rewriteBody(envelope, { set: modelEdit(envelope, model) })

/** The path under a base URL that ends in `/v1`. */
export const upstreamPath = (_action: Action, _model: string, _stream: boolean): string => '/embeddings'
