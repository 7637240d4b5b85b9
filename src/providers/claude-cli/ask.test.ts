import { describe, expect, test } from 'bun:test'
import { lossesOf, readAsk } from './ask.ts'

const body = (more: object = {}) => ({
  model: 'claude-sonnet-4-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Which way to the harbour?' }],
  ...more,
})

const asked = (more: object = {}) => {
  const ask = readAsk(body(more))
  if (!ask.ok) throw new Error(ask.error.message)
  return ask.value
}

const lossesIn = (more: object): readonly string[] =>
  asked(more).losses.map(({ pointer, code }) => `${pointer} ${code}`)

describe('a Messages request for the command', () => {
  test('keeps every turn, with roles in turn', () => {
    const { history, last, system } = asked({
      system: [
        { type: 'text', text: 'Be kind.' },
        { type: 'text', text: 'Be brief.' },
      ],
      messages: [
        { role: 'user', content: 'One.' },
        { role: 'user', content: [{ type: 'text', text: 'Two.' }] },
        { role: 'assistant', content: 'Three.' },
        { role: 'user', content: 'Four.' },
      ],
    })
    expect(system).toBe('Be kind.\n\nBe brief.')
    expect(history).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'Three.' }] },
    ])
    expect(last).toEqual([{ type: 'text', text: 'Four.' }])
  })

  test('passes images and documents as they are', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } }
    const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' }, title: 'T' }
    const { last, losses } = asked({ messages: [{ role: 'user', content: [image, document] }] })
    expect([last, losses]).toEqual([[image, document], []])
  })

  test('tells calls of tools and their results in words', () => {
    const { history, last, losses } = asked({
      messages: [
        { role: 'user', content: 'Look it up.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'find', input: { for: 'harbour' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'North.' }] },
      ],
    })
    expect(history[1]?.content).toEqual([{ type: 'text', text: '[Called the tool find with {"for":"harbour"}]' }])
    expect(last.map(({ text }) => text)).toEqual(['[The tool answered]', 'North.'])
    expect(losses.map(({ pointer }) => pointer)).toEqual(['/messages/1/content/0', '/messages/2/content/0'])
  })

  test.each([
    [{}, []],
    [{ temperature: 1, top_p: 1, stop_sequences: [], service_tier: 'auto', metadata: null }, []],
    [{ temperature: 0.2 }, ['/temperature unsupported']],
    [{ top_k: 5 }, ['/top_k unsupported']],
    [{ stop_sequences: ['x'] }, ['/stop_sequences unsupported']],
    [{ metadata: { user_id: 'u' } }, ['/metadata unsupported']],
    [{ cache_control: { type: 'ephemeral' } }, ['/cache_control emulated']],
    [
      { system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
      ['/system/0/cache_control emulated'],
    ],
    [{ tools: [{ name: 'f', input_schema: {} }], tool_choice: { type: 'none' } }, ['/tools unsupported']],
  ])('declares what %j loses', (more, expected) => {
    expect(lossesIn(more)).toEqual(expected)
  })

  test('declares that earlier thinking stays out', () => {
    const messages = [
      { role: 'user', content: 'a' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 't', signature: 's' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: 'c' },
    ]
    expect(lossesIn({ messages })).toEqual(['/messages/1/content/0 unsupported'])
  })

  test.each([
    ['tools', { tools: [{ name: 'f', input_schema: {} }] }],
    ['mcp_servers', { mcp_servers: [{ type: 'url', url: 'https://mcp.example', name: 'm' }] }],
    ['output_config.format', { output_config: { format: { type: 'json_schema', schema: {} } } }],
    ['messages', { messages: [] }],
    [
      'messages',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
    ],
    ['model', { model: '--dangerously-skip-permissions' }],
    ['model', { model: '' }],
  ])('is refused for its %s where it would be another request without', (param, more) => {
    const judged = lossesOf('anthropic-messages', body(more))
    expect(judged).toMatchObject({ ok: false, error: { kind: 'unsupported-parameter', param } })
  })

  test.each([
    [undefined, undefined, 0, undefined],
    [{ type: 'disabled' }, undefined, 0, undefined],
    [{ type: 'enabled', budget_tokens: 2_048 }, undefined, 2_048, undefined],
    [{ type: 'adaptive' }, { effort: 'low' }, undefined, 'low'],
    [undefined, { effort: '--add-dir' }, 0, undefined],
  ])('thinks as %j and %j ask', (thinking, output_config, thinkingTokensMax, effort) => {
    expect(asked({ thinking, output_config })).toMatchObject({ thinkingTokensMax, effort } as never)
  })
})
