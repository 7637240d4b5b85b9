import type { UpstreamFormat } from '../canon/operation.ts'
import { converseEventOf } from './aws/converse-events.ts'
import { messagesEventOf } from './aws/messages-events.ts'
import { messagesError } from './messages-error.ts'
import type { Ask, ProviderKind, VendorRequest } from './types.ts'

/**
 * Converse as its format says. InvokeModel of Claude: Anthropic's Messages with the model and the streaming in the path and the version of the API in
 * the body. The path's model is encoded whole, so that an ARN stays one segment. Counting is another API of theirs.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export const bedrockRequest = ({ format, action, model, stream }: Ask): VendorRequest | undefined => {
  if (format === 'bedrock-converse') return {}
  if (action !== 'generate') return undefined
  return {
    path: `/model/${encodeURIComponent(model)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
    withoutQuery: true,
    set: { anthropic_version: 'bedrock-2023-05-31' },
    remove: ['model', 'stream'],
  }
}

/** `{"message": …}`, in older services with a capital. */
const messageIn = (body: unknown): string => {
  const { message, Message } = Object(body) as { readonly message?: unknown; readonly Message?: unknown }
  const said = typeof message === 'string' ? message : Message
  return typeof said === 'string' && said !== '' ? said : 'Bedrock refused the request.'
}

/** Listed by AWS for Claude on Bedrock; any other is `invalid beta flag`. */
const BETAS = [
  'computer-use-2024-10-22',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'token-efficient-tools-2025-02-19',
  'output-128k-2025-02-19',
  'dev-full-thinking-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'fine-grained-tool-streaming-2025-05-14',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'tool-search-tool-2025-10-19',
  'tool-examples-2025-10-29',
  'effort-2025-11-24',
]

/** AWS Bedrock, https://bedrock-runtime.<region>.amazonaws.com: Claude in its own format, all others by Converse. */
export const bedrock: ProviderKind = {
  kind: 'bedrock',
  baseUrl: undefined,
  formats: ['bedrock-converse'],
  formatsByVendor: { anthropic: ['anthropic-messages'] },
  auth: { header: 'authorization', prefix: 'Bearer ' },
  headers: {},
  // It answers in a type of its own choice, and refuses to be asked for text/event-stream.
  withoutHeaders: ['accept', 'anthropic-version'],
  betas: { accepted: new Set(BETAS), place: 'body' },
  dialect: { acceptsStreamOptions: true },
  vendors: ['bedrock'],
  credentials: 'aws',
  eventOf: (message, format) => (format === 'bedrock-converse' ? converseEventOf : messagesEventOf)(message),
  errorOf: (format: UpstreamFormat, status, body) =>
    format === 'bedrock-converse' ? body : messagesError(status, messageIn(body)),
  requestOf: bedrockRequest,
  keyVariable: undefined,
}
