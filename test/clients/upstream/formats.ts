/** The wire formats of conversations. */
export const FORMATS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
export type Format = (typeof FORMATS)[number]
