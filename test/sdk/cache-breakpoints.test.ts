import { expect, test } from 'bun:test'
import OpenAI from 'openai'
import { startStand } from './stand.ts'

const ROWS = [
  ['that says nothing of it', {}, 0, undefined],
  ['that opted in', { cache_breakpoints: true }, 2, { type: 'ephemeral' }],
  ['that opted in for an hour', { cache_breakpoints: true, cache_ttl: '1h' }, 2, { type: 'ephemeral', ttl: '1h' }],
] as const

test.each(ROWS)(
  'a Chat prompt of a group %s is marked so for the vendor of Messages',
  async (_, group, marks, mark) => {
    const stand = await startStand({ groups: { default: group } }, { oneFormat: true })
    try {
      const { key } = await stand.customer()
      const client = new OpenAI({ apiKey: key, baseURL: `${stand.url}/v1`, maxRetries: 0 })
      const messages = [
        { role: 'system' as const, content: 'You know the coast.' },
        { role: 'user' as const, content: 'Which way to the harbour?' },
      ]
      await client.chat.completions.create({ model: 'own-anthropic-messages-text', messages })
      const sent = new TextDecoder().decode(stand.replay.requests().at(-1)?.body)
      expect(sent.split('"cache_control"').length - 1).toBe(marks)
      expect(JSON.parse(sent).system.at(-1).cache_control).toEqual(mark)
      expect(stand.replay.complaints()).toEqual([])
    } finally {
      await stand.stop()
    }
  },
)
