import { afterAll, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { runPython, sawIn } from './python.ts'
import { startStand } from './stand.ts'

/**
 * What the documentation of other gateways shows their users works here with only the base URL and the key changed.
 */

const stand = await startStand()
const local = await startStand({ auth: 'none' })
afterAll(async () => {
  await stand.stop()
  await local.stop()
})
const { key } = await stand.customer()
const [python, localPython] = await Promise.all([
  runPython('snippets.py', stand.url, key),
  runPython('local_snippets.py', local.url, 'dummy'),
])

const said = [{ role: 'user' as const, content: 'Ahoy' }]
const json = { 'content-type': 'application/json' }
const bearer = { authorization: `Bearer ${key}` }

/** Runs the real curl and gives what it printed. */
const curl = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync('curl', ['--silent', '--show-error', ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`curl ended with ${status}: ${stderr}`)
  return stdout
}

/** The events of a stream, but for its end mark. */
const eventsOf = (text: string): { choices: { delta: { content?: string } }[] }[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice('data: '.length)))

describe('the snippets in Python', () => {
  test.each([
    ['one_client_for_every_model', ['claude-sonnet-4-6', 'claude-haiku-4-5', 'deepseek-chat', 'deepseek-reasoner']],
    ['an_image_and_a_tool', ['text']],
    ['a_stream_read_by_its_first_choice', ['text']],
    ['anthropic_at_the_root', ['text']],
    ['anthropic_behind_a_prefix', ['streamed', 'cached', 'thought']],
    ['openai_behind_a_prefix', ['text']],
    ['plain_requests', ['text']],
    ['langchain_under_the_vendors_name', ['text', 'streamed']],
  ])('%s: every answer arrives', (name, fields) => {
    const saw = sawIn(python, name)
    for (const field of fields) expect(saw[field]).toContain('Hello from Tollgate')
  })

  test.each(['openai_with_a_dummy_key', 'anthropic_with_a_dummy_key', 'requests_without_a_key'])(
    '%s: every answer arrives in local mode',
    (name) => {
      const texts = sawIn(localPython, name).texts
      if (!Array.isArray(texts) || texts.length === 0) throw new Error('no answer')
      for (const text of texts) expect(text).toContain('Hello from Tollgate')
    },
  )
})

describe('the snippets in JavaScript', () => {
  test.each(['/v1', '/api/proxy/v1', '/openai/v1', '/v1/openai'])('the OpenAI SDK at %s', async (root) => {
    const client = new OpenAI({ baseURL: stand.url + root, apiKey: key })
    const answer = await client.chat.completions.create({ model: 'claude-sonnet-4-6', messages: said })
    expect(answer.choices[0]?.message.content).toContain('Hello from Tollgate')
  })

  test('the Anthropic SDK at /api/proxy', async () => {
    const client = new Anthropic({ baseURL: `${stand.url}/api/proxy`, apiKey: key })
    const answer = await client.messages.create({ model: 'claude-sonnet-4-6', max_tokens: 1_024, messages: said })
    expect(answer.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('Hello from Tollgate') })
  })

  test('fetch, reading a stream as it comes', async () => {
    const answer = await fetch(`${stand.url}/v1/openai/chat/completions`, {
      method: 'POST',
      headers: { ...bearer, ...json, accept: 'text/event-stream' },
      body: JSON.stringify({ model: 'gpt-4o', messages: said, stream: true }),
    })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const chunks: Uint8Array[] = []
    for await (const chunk of answer.body ?? []) chunks.push(chunk)
    expect(chunks.length).toBeGreaterThan(3)
    const text = Buffer.concat(chunks).toString()
    expect(
      eventsOf(text)
        .map(({ choices }) => choices[0]?.delta.content ?? '')
        .join(''),
    ).toContain('Hello from Tollgate')
    expect(text).toEndWith('data: [DONE]\n\n')
  })

  test('local mode, without any key, by SDK and fetch', async () => {
    const client = new OpenAI({ baseURL: `${local.url}/v1`, apiKey: 'dummy' })
    const model = 'claude-3-5-sonnet-20241022'
    expect((await client.chat.completions.create({ model, messages: said })).choices[0]?.message.content).toContain(
      'Hello from Tollgate',
    )
    const answer = await fetch(`${local.url}/v1/chat/completions`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ model, messages: said }),
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-ratelimit-limit')).toBe('60')
    expect(Number(answer.headers.get('x-ratelimit-remaining'))).toBeLessThan(60)
    expect(Number(answer.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1_000 - 1)
  })
})

describe('the snippets for curl', () => {
  const data = (body: object): string[] => ['-H', 'content-type: application/json', '-d', JSON.stringify(body)]
  const auth = ['-H', `Authorization: Bearer ${key}`]

  test.each([
    ['/v1/chat/completions', { model: 'claude-haiku-4-5', messages: said }],
    ['/api/proxy/v1/chat/completions', { model: 'claude-haiku-4-5', messages: said }],
    ['/v1/openai/chat/completions', { model: 'gpt-4o', messages: said, max_tokens: 50 }],
    ['/api/proxy/v1/messages', { model: 'claude-sonnet-4-6', max_tokens: 1024, messages: said }],
    ['/v1/anthropic/messages', { model: 'claude-sonnet-4-6', max_tokens: 1024, messages: said }],
    ['/v1/openai/responses', { model: 'gpt-4o', input: 'Ahoy' }],
    ['/v1/completions', { model: 'gpt-4-turbo', prompt: 'Ahoy', max_tokens: 500, temperature: 0.7 }],
    [
      '/v1/chat/completions',
      {
        model: 'claude-3-opus',
        messages: [{ role: 'system', content: 'Be brief.' }, ...said],
        temperature: 0.8,
        stream: false,
      },
    ],
  ])('POST %s', (path, body) => {
    expect(curl('-X', 'POST', stand.url + path, ...auth, ...data(body))).toContain('Hello from Tollgate')
  })

  test('embeddings of the size that was asked for', () => {
    const body = { model: 'text-embedding-3-large', input: 'The quick brown fox', dimensions: 12 }
    expect(JSON.parse(curl(`${stand.url}/v1/embeddings`, ...auth, ...data(body))).data[0].embedding).toHaveLength(12)
  })

  test('a stream, even where the command leaves the content type out', () => {
    const body = JSON.stringify({ model: 'gpt-4o', messages: said, stream: true })
    const text = curl(
      '-N',
      `${stand.url}/v1/openai/chat/completions`,
      ...auth,
      '-H',
      'Content-Type:',
      '-H',
      'Accept:',
      '-d',
      body,
    )
    expect(text).toEndWith('data: [DONE]\n\n')
    expect(eventsOf(text).every(({ choices }) => choices.length === 1)).toBe(true)
  })

  test.each(['/v1/chat/completions', '/openai/v1/chat/completions'])('local mode, POST %s without a key', (path) => {
    const body = { model: 'claude-3-5-sonnet-20241022', messages: said }
    expect(curl('-X', 'POST', local.url + path, ...data(body))).toContain('Hello from Tollgate')
  })

  test('local mode lets sixty requests and a burst of ten through in a minute, then says when to come back', async () => {
    const ask = () => fetch(`${local.url}/v1/models`)
    const chat = () =>
      fetch(`${local.url}/v1/chat/completions`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ model: 'gpt-4o', messages: said, max_tokens: 1 }),
      })
    expect((await ask()).status).toBe(200)
    const statuses: number[] = []
    let last = await chat()
    for (; last.status === 200 && statuses.length < 70; last = await chat()) statuses.push(last.status)
    expect(last.status).toBe(429)
    expect(last.headers.get('retry-after')).toMatch(/^[1-9][0-9]?$/)
    expect(await last.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } })
  })

  test('the models, told apart by provider and type', () => {
    const list = (
      query: string,
    ): { id: string; object: string; provider: string; type: string; context_window: number; pricing: object }[] =>
      JSON.parse(curl(`${stand.url}/v1/models${query}`, ...auth)).data
    const all = list('')
    expect(all.find(({ id }) => id === 'gpt-4-turbo')).toMatchObject({
      object: 'model',
      provider: 'openai',
      type: 'completion',
      context_window: 200_000,
      pricing: expect.objectContaining({ input: expect.anything(), output: expect.anything() }),
    })
    expect(new Set(list('?provider=anthropic').map(({ provider }) => provider))).toEqual(new Set(['anthropic']))
    expect(new Set(list('?provider=google').map(({ provider }) => provider))).toEqual(new Set(['google']))
    expect(list('?type=embedding').map(({ id }) => id)).toContain('text-embedding-3-large')
    expect(
      list('?provider=openai&type=embedding').every(
        ({ provider, type }) => provider === 'openai' && type === 'embedding',
      ),
    ).toBe(true)
  })

  test('an error has its type, its code, its message and its field', () => {
    const body = { model: 'gpt-4o', messages: said }
    const wrong = JSON.parse(
      curl(`${stand.url}/v1/chat/completions`, '-H', 'Authorization: Bearer sk-tg-00000000', ...data(body)),
    )
    expect(wrong.error).toMatchObject({
      type: 'authentication_error',
      code: 'invalid_api_key',
      message: expect.any(String),
      param: null,
    })
    const misspelt = JSON.parse(
      curl(`${stand.url}/v1/chat/completions`, ...auth, ...data({ model: 'gpt-4o', messages: 'Ahoy' })),
    )
    expect(misspelt.error).toMatchObject({
      param: 'messages',
      details: { field: 'messages', issue: expect.any(String) },
    })
  })

  test('every answer says what is left of the limit', () => {
    const headers = curl(
      '-D',
      '-',
      '-o',
      '/dev/null',
      `${stand.url}/v1/chat/completions`,
      ...auth,
      ...data({ model: 'gpt-4o', messages: said }),
    ).toLowerCase()
    for (const name of ['limit', 'remaining', 'reset'])
      expect(headers).toMatch(new RegExp(`^x-ratelimit-${name}: \\d+\\r$`, 'm'))
  })
})
