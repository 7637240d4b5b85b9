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
  refuseField,
  rewriteBody,
} from '../envelope.ts'

const CONVERSATION_INSTEAD =
  'conversations are not kept. Send what was said in "input", or go on from an answer with "previous_response_id"'
const INPUT_EXPECTATION = 'a string, or an array of input items'

/** Reads the envelope of a Responses request, or of one that counts its input tokens. */
export const readEnvelope = (scan: Scan, operation: Operation): Result<Envelope, GatewayError> => {
  const fields = fieldsOf(scan)
  const model = readModel(fields)
  checkKind(fields, 'previous_response_id', ['string', 'null'], 'the id of a response', 'optional')
  // Everybody shares the upstream's account, so that a conversation kept there could be anybody's.
  if (isSent(fields, 'conversation')) refuseField(fields, 'conversation', CONVERSATION_INSTEAD)
  checkKind(fields, 'prompt', ['object', 'null'], 'an object with the id of a stored prompt', 'optional')
  const goesOn = ['previous_response_id', 'prompt'].some((key) => isSent(fields, key))
  // A count of nothing is legal, and what is stored upstream may need no more said.
  if (goesOn || operation.action === 'count-tokens') {
    checkKind(fields, 'input', ['string', 'array', 'null'], INPUT_EXPECTATION, 'optional')
  } else checkKind(fields, 'input', ['string', 'array'], INPUT_EXPECTATION, 'required')
  const stream = readFlag(fields, 'stream')
  // Its answer comes without a usage and is fetched later, on a path that is not served: it could not be billed.
  if (readFlag(fields, 'background')) refuseField(fields, 'background', 'leave it out, and stream long answers')
  readObject(fields, 'stream_options')
  return envelopeOf(fields, {
    model,
    stream,
    outputTokensLimit: readCount(fields, 'max_output_tokens', LIMIT),
    refersToStored: goesOn,
  })
}

/** The body to send: the model's name there. Usage needs no asking: the closing event always carries it. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model }: Rewrite): Uint8Array =>
  rewriteBody(envelope, { set: modelEdit(envelope, model) })

/** The path under a base URL that ends in `/v1`. */
export const upstreamPath = (action: Action, _model: string, _stream: boolean): string =>
  action === 'count-tokens' ? '/responses/input_tokens' : '/responses'
