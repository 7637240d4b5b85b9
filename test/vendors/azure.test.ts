import { afterAll, beforeAll, expect, test } from 'bun:test'
import { json, type Stage, sse, START_MS, startStage } from './stage.ts'

const KEY = 'azure-key-0123456789'

let stage: Stage
beforeAll(async () => {
  stage = await startStage(({ url }) => [
    { provider: { kind: 'azure-deployments', base_url: url, keys: [KEY] }, models: { gpt: ['acme', 'my deployment'] } },
  ])
}, START_MS)
afterAll(() => stage?.stop(), START_MS)

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const ANSWER = {
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: USAGE,
}

test('a deployment is asked at its path with a version and the key in Azure’s header', async () => {
  stage.vendor.answer = () => json(ANSWER)
  const answer = await stage.ask('/v1/chat/completions', { model: 'gpt', messages: [{ role: 'user', content: 'Hi' }] })
  expect(await answer.json()).toEqual(ANSWER)
  const { target, headers } = stage.last()
  expect(target).toBe('/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21')
  expect([headers['api-key'], headers.authorization, headers['x-api-key']]).toEqual([KEY, undefined, undefined])
  expect(await stage.settled()).toMatchObject({ ended: 'whole', usage_source: 'upstream', cost_usd: '0.000105000' })
})

test('a client may name another version, and nothing else of its query passes', async () => {
  stage.vendor.answer = () =>
    sse([
      ['', { choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] }],
      ['', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
      ['', { choices: [], usage: USAGE }],
    ])
  const body = { model: 'gpt', stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  const answer = await stage.ask('/v1/chat/completions?api-version=2025-04-01-preview&other=1', body)
  expect(await answer.text()).toContain('"content":"Hi"')
  const { target, text } = stage.last()
  expect(target).toBe('/openai/deployments/my%20deployment/chat/completions?api-version=2025-04-01-preview')
  expect(JSON.parse(text)).toMatchObject({ stream: true, stream_options: { include_usage: true } })
  expect(await stage.settled()).toMatchObject({ stream: true, usage_source: 'upstream', cost_usd: '0.000105000' })
})

test('a client of another format is translated for the deployment', async () => {
  stage.vendor.answer = () => json(ANSWER)
  const body = { model: 'gpt', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
  const answer = await stage.ask('/v1/messages', body)
  expect(await answer.json()).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Hello' }] })
  expect(stage.last().target).toBe('/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21')
})
