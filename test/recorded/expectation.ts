import { bodyBytes, type Interaction } from '../replay/interaction.ts'
import { asObject, eventsOf, objectsOf } from './events.ts'

/** Why an answer may differ from its recording, and how. Everything else must be identical. */
export const RULES = {
  'usage chunk withheld': 'the gateway asked for it, the client did not: the recording without that event',
  'no end in the stream': 'the vendor broke off: the recording, and after it an error event of the format',
} as const
export type Rule = keyof typeof RULES

export interface Expectation {
  readonly bytes: Uint8Array
  readonly rule: Rule | undefined
}

/** The chunk OpenAI appends when asked for usage: no choices, nothing but the usage. */
const isUsageChunk = (data: unknown): boolean => {
  const object = asObject(data)
  const choices = object?.['choices']
  return Array.isArray(choices) && choices.length === 0 && asObject(object?.['usage']) !== undefined
}

const ENDINGS: Readonly<Record<string, (stream: string, interaction: Interaction) => boolean>> = {
  'openai.chat': (stream) => /^data: ?\[DONE\]/m.test(stream) || /"finish_reason"\s*:\s*"/.test(stream),
  'openai.completions': (stream) => /^data: ?\[DONE\]/m.test(stream) || /"finish_reason"\s*:\s*"/.test(stream),
  'openai.responses': (stream) => /"type"\s*:\s*"response\.(completed|incomplete|failed)"/.test(stream),
  'anthropic.messages': (stream) => /"type"\s*:\s*"message_stop"/.test(stream),
  'gemini.generateContent': (stream) => /"(finishReason|blockReason)"\s*:/.test(stream),
}

/** Whether the vendor itself said, inside a 200, that it failed. */
export const tellsOfError = ({ response }: Interaction): boolean =>
  objectsOf(response.body).some(
    (object) =>
      (asObject(object['error']) !== undefined && object['object'] !== 'response') ||
      object['type'] === 'error' ||
      object['type'] === 'response.failed',
  )

export const hasEnd = (interaction: Interaction): boolean => {
  if (!interaction.stream) return true
  const stream = new TextDecoder().decode(bodyBytes(interaction))
  return ENDINGS[interaction.api]?.(stream, interaction) ?? true
}

/**
 * What a client must get of a recorded answer. `usageInjected`: the gateway, not the client, asked for the usage chunk,
 * as the request that reached the vendor shows.
 */
export const expectationOf = (interaction: Interaction, usageInjected: boolean): Expectation => {
  const bytes = bodyBytes(interaction)
  if (!interaction.stream) return { bytes, rule: undefined }
  if (!hasEnd(interaction) && !tellsOfError(interaction)) return { bytes, rule: 'no end in the stream' }
  if (!usageInjected) return { bytes, rule: undefined }
  const events = eventsOf(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  const kept = events.filter(({ data }) => !isUsageChunk(data))
  if (kept.length === events.length) return { bytes, rule: undefined }
  return { bytes: new TextEncoder().encode(kept.map(({ text }) => text).join('')), rule: 'usage chunk withheld' }
}
