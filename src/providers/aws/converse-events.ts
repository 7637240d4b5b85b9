/**
 * The stream of Bedrock's ConverseStream as server-sent events, each `{"<its type>": <payload>}`.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
import type { EventMessage } from './eventstream.ts'

/** One message as an event, complete with framing; empty for what carries none. */
export const converseEventOf = ({ headers, payload }: EventMessage): string => {
  switch (headers[':message-type']) {
    case 'event':
      return framed(headers[':event-type'], new TextDecoder().decode(payload))
    case 'exception':
      return framed(headers[':exception-type'], new TextDecoder().decode(payload))
    case 'error':
      return framed('error', JSON.stringify({ message: headers[':error-message'] ?? 'Bedrock broke off the stream.' }))
    default:
      return ''
  }
}

/** A payload is one line of JSON; were it not, it would not be an event either. */
const framed = (type: string | undefined, json: string): string =>
  type === undefined || /[\r\n]/.test(json) ? '' : `event: ${type}\ndata: {${JSON.stringify(type)}:${json}}\n\n`
