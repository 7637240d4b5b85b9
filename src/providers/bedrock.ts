import type { Ask, ProviderKind, VendorRequest } from './types.ts'

/**
 * InvokeModel of Claude: Anthropic's Messages with the model and the streaming in the path and the version of the API in
 * the body. The path's model is encoded whole, so that an ARN stays one segment.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export const invokeRequest = ({ model, stream }: Ask): VendorRequest => ({
  path: `/model/${encodeURIComponent(model)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
  set: { anthropic_version: 'bedrock-2023-05-31' },
  remove: ['model', 'stream'],
})

/** The path of Converse, which is one format for the models of all vendors. */
export const conversePath = (model: string, stream: boolean): string =>
  `/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`

/** AWS Bedrock: https://bedrock-runtime.<region>.amazonaws.com. */
export const bedrock: ProviderKind = {
  kind: 'bedrock',
  baseUrl: undefined,
  formats: ['anthropic-messages'],
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  dialect: { acceptsStreamOptions: true },
  vendors: ['bedrock'],
  credentials: 'aws',
  framing: 'aws-eventstream',
  requestOf: invokeRequest,
  keyVariable: undefined,
}
