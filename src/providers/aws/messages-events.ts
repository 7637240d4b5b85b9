/**
 * The stream of Bedrock's InvokeModel as the stream of Anthropic's Messages that it carries.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
import type { EventMessage } from './eventstream.ts'

/** Bedrock's exceptions → the types of Anthropic's errors. */
const ERROR_TYPES: Readonly<Record<string, string>> = {
  throttlingException: 'rate_limit_error',
  serviceUnavailableException: 'overloaded_error',
  validationException: 'invalid_request_error',
  modelTimeoutException: 'timeout_error',
}

/** One message as a server-sent event of Messages, complete with framing; empty for what carries none. */
export const messagesEventOf = ({ headers, payload }: EventMessage): string => {
  const body = readObject(payload)
  switch (headers[':message-type']) {
    case 'event': {
      if (headers[':event-type'] !== 'chunk' || typeof body.bytes !== 'string') return ''
      const event = Buffer.from(body.bytes, 'base64')
      const { type } = readObject(event)
      return typeof type === 'string' ? framed(type, event.toString()) : ''
    }
    case 'exception':
      return errorEvent(ERROR_TYPES[headers[':exception-type'] ?? ''] ?? 'api_error', body.message)
    case 'error':
      return errorEvent('api_error', headers[':error-message'])
    default:
      return ''
  }
}

const framed = (type: string, json: string): string => `event: ${type}\ndata: ${json}\n\n`

const errorEvent = (type: string, said: unknown): string => {
  const message = typeof said === 'string' && said !== '' ? said : 'Bedrock broke off the stream.'
  return framed('error', JSON.stringify({ type: 'error', error: { type, message } }))
}

const readObject = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Not JSON: it carries nothing.
    return {}
  }
}
