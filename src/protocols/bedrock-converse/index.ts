import type { Action } from '../../canon/operation.ts'
import type { UpstreamProtocol } from '../../canon/protocol.ts'
import { readWhole, textOfWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { converseAnswers } from './stream.ts'

/** The model is one segment, also where it is an ARN. */
const upstreamPath = (_action: Action, model: string, stream: boolean): string =>
  `/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`

/**
 * Bedrock's Converse, one format for the models of all vendors there. Streams are its binary events, each as one
 * server-sent event whose data is `{"<type>": <payload>}`.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrockConverse: UpstreamProtocol = {
  format: 'bedrock-converse',
  upstreamPath,
  readAnswer: (body) => readWhole(converseAnswers, body),
  answerText: (body) => textOfWhole(converseAnswers, body),
  tap: (options) => createTap(converseAnswers, options),
}
