import type { Client } from './types.ts'

/** Enough for an answer; some vendors refuse less than sixteen. */
const OUTPUT_TOKENS_MAX = 64

/** The path of a test request, behind the base URL. */
export const pathOf = (format: Client['format'], model: string): string =>
  ({
    'openai-chat': '/v1/chat/completions',
    'openai-responses': '/v1/responses',
    'anthropic-messages': '/v1/messages',
    gemini: `/v1beta/models/${model}:generateContent`,
  })[format]

/** The body of a test request. The marker is in its text, so that it is found again where bodies are kept. */
export const bodyOf = (format: Client['format'], model: string, marker: string): string => {
  const content = `Tollgate setup check ${marker}. Answer with the word ok.`
  const messages = [{ role: 'user', content }]
  return JSON.stringify(
    {
      'openai-chat': { model, max_completion_tokens: OUTPUT_TOKENS_MAX, messages },
      'openai-responses': { model, max_output_tokens: OUTPUT_TOKENS_MAX, store: false, input: content },
      'anthropic-messages': { model, max_tokens: OUTPUT_TOKENS_MAX, messages },
      gemini: {
        contents: [{ role: 'user', parts: [{ text: content }] }],
        generationConfig: { maxOutputTokens: OUTPUT_TOKENS_MAX },
      },
    }[format],
  )
}
