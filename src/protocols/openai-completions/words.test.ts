import { describe, expect, test } from 'bun:test'
import { CARRIERS } from '../openai-chat/test-parts.ts'
import { openAiCompletionsCodec as codec } from './codec.ts'

describe('a field of a request', () => {
  test.each([
    [{ frequency_penalty: 1 }, { frequencyPenalty: 1 }],
    [{ n: 2 }, { choices: 2 }],
    [{ presence_penalty: 1 }, { presencePenalty: 1 }],
    [{ seed: 3 }, { seed: 3 }],
    [{ stop: ['a'] }, { stop: ['a'] }],
    [{ temperature: 0.5 }, { temperature: 0.5 }],
    [{ top_p: 0.5 }, { topP: 0.5 }],
    [{ user: 'u' }, { user: 'u' }],
    [{ max_tokens: 9 }, { outputTokensMax: 9 }],
    [{ logprobs: 2 }, { logprobs: 2 }],
    [{ stream: true, stream_options: { include_usage: true } }, {}],
    [{ best_of: 1, echo: false, suffix: '' }, {}],
  ])('%j is read, and nothing of it left', (fields, settings) => {
    const operation = { format: 'openai-completions', action: 'generate' } as const
    const result = codec.parseRequest({ model: 'm', prompt: 'Once', ...fields }, operation, CARRIERS)
    if (!result.ok) throw new Error(result.error.message)
    const { conversation } = result.value
    const found = Object.fromEntries(Object.entries(conversation.settings).map(([name, said]) => [name, said.value]))
    expect(found).toMatchObject(settings)
    expect(conversation.unmapped).toEqual([])
  })
})
