import type { GatewayError } from '../../errors.ts'

const WORDING = 'prompt is too long'

/** What vendors say when a request is larger than the model's window; each its own words. */
const TOO_LONG =
  /prompt is too long|context[ _]length|context window|maximum context|exceeds? the maximum number of tokens|input length and `max_tokens` exceed/i

export const saysTooLong = (message: string): boolean => TOO_LONG.test(message)

/**
 * Claude Code shortens its conversation when a refusal reads `prompt is too long: N tokens > M maximum`, and gives up on
 * any other wording. The numbers are taken from what the other vendor said, where it said them.
 */
export const inAnthropicWords = (error: GatewayError): GatewayError => {
  if (error.kind !== 'context-length-exceeded' || error.message.includes(WORDING)) return error
  const numbers = [...error.message.matchAll(/\d[\d,]{3,}/g)].map(([text]) => Number(text.replaceAll(',', '')))
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  const counted = numbers.length > 1 && least < most
  const message = counted ? `${WORDING}: ${most} tokens > ${least} maximum` : `${WORDING}: ${error.message}`
  return { ...error, message }
}
