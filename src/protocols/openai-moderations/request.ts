import type { Envelope, Quantities } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import type { Scan } from '../../canon/scan.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { checkKind } from '../envelope.ts'
import { bodyOf, mediaEnvelope, rewriteMedia } from '../form.ts'

/** What the format's reference says `model` is where a body has none; the official SDK's examples have none. */
const MODEL_STANDARD = 'omni-moderation-latest'
const TOKENS_PER_IMAGE = { most: 3_000, usual: 1_000 }
const OVERHEAD_TOKENS = 512

/** Reads the envelope of a Moderations request. */
export const readEnvelope = (scan: Scan, _operation: Operation): Result<Envelope, GatewayError> => {
  const body = bodyOf(scan)
  const model = body.model(MODEL_STANDARD)
  checkKind(
    body.fields,
    'input',
    ['string', 'array'],
    'a string, or a list of strings or of texts and images',
    'required',
  )
  const { textBytes, mediaCount } = scan
  const demand = {
    most: tokensIn(Math.ceil(textBytes / 2) + OVERHEAD_TOKENS + mediaCount * TOKENS_PER_IMAGE.most),
    usual: tokensIn(Math.ceil(textBytes / 4) + mediaCount * TOKENS_PER_IMAGE.usual),
    outputPerMillionPieces: 0,
  }
  return mediaEnvelope(body, { model }, demand)
}

const tokensIn = (input: number): Quantities => ({ input, inputAudio: 0, output: 0, outputAudio: 0, units: {} })

/** The body to send: the model's name there. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model }: Rewrite): Uint8Array =>
  rewriteMedia(envelope, model)

/** The path under a base URL that ends in `/v1`. */
export const upstreamPath = (_action: Action, _model: string, _stream: boolean): string => '/moderations'
