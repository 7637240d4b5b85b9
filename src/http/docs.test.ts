import { describe, expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { PROTOCOLS } from '../protocols/index.ts'
import type { Call } from '../gateway/call.ts'
import { createDocsEndpoint } from './docs.ts'
import { type Guide, pageOf } from './docs-guide.ts'

const slugs = new Set(['start', 'clients/one'])
const guide: Guide = [
  {
    id: 'first',
    title: 'First',
    pages: [
      pageOf('start', '# Start\n\nHow to begin.\n\n## Ask\n\nUse {{base_url}}/v1 and [one](clients/one.md).\n', slugs),
      pageOf('clients/one', '# One\n\nA client.\n\n```sh no-run: here\nask "{{api_key}}" {{model}}\n```\n', slugs),
    ],
  },
]
const names = {
  model: 'demo',
  alias: 'house/smart',
  embedding_model: 'e',
  image_model: 'i',
  speech_model: 's',
  transcription_model: 't',
}

const endpointAt = (publicUrl: string | null, prices: string | undefined = '# Prices\n') =>
  createDocsEndpoint({ guide, publicUrl, keyNeeded: true, names: () => names, pricesPage: () => prices })

const ask = (
  endpoint: ReturnType<typeof endpointAt>,
  path: string,
  init: RequestInit = {},
  host: string = '127.0.0.1:9999',
) => {
  const request = new Request(`http://${host}${path}`, init)
  const [bare = '', query = ''] = path.split('?')
  const call: Call = {
    id: 'req_1',
    operation: { format: 'openai-chat', action: 'generate' },
    protocol: PROTOCOLS['openai-chat'],
    request,
    search: new URLSearchParams(query),
    ip: () => '127.0.0.1',
    startedAtMs: 0,
  }
  return endpoint(call, bare)
}

const get = async (path: string, init: RequestInit = {}, publicUrl: string | null = 'https://llm.example.com/') => {
  const answer = await ask(endpointAt(publicUrl), path, init)
  if (!answer) throw new Error(`nothing at ${path}`)
  return answer
}

describe('pages', () => {
  test('are Markdown with the address that clients know, and links to other pages', async () => {
    const answer = await get('/docs/start.md')
    expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(await answer.text()).toContain('Use https://llm.example.com/v1 and [one](/docs/clients/one.md).')
  })

  test('have the address they were asked at where none is configured', async () => {
    expect(await (await get('/docs/start.md', {}, null)).text()).toContain('Use http://127.0.0.1:9999/v1')
  })

  test.each(['$(id).example.com', 'a`id`', "it's", 'a;b', 'a&b', '{x}'])(
    'are not filled with %s, which is no name of a server and may be a command',
    async (host) => {
      expect(await ask(endpointAt(null), '/docs/start.md', {}, host)).toBeUndefined()
      expect(await ask(endpointAt('https://llm.example.com'), '/docs/start.md', {}, host)).toBeDefined()
    },
  )

  test.each(['llm.example.com', 'box', 'my_box.local:8000', '[::1]:8000', '10.0.0.4'])(
    'are filled with %s where it was asked for there',
    async (host) => {
      const answer = await ask(endpointAt(null), '/docs/start.md', {}, host)
      expect(await answer?.text()).toContain(`http://${host}/v1`)
    },
  )

  test('keep their placeholders for who fills them in', async () => {
    expect(await (await get('/docs/clients/one.md?placeholders=keep')).text()).toContain('ask "{{api_key}}" {{model}}')
    expect(await (await get('/docs/clients/one.md')).text()).toContain('```sh\nask "$TOLLGATE_API_KEY" demo')
  })

  test('are JSON for who shows them, placeholders and all', async () => {
    const page = await (await get('/docs/clients/one.json')).json()
    expect(page).toMatchObject({ slug: 'clients/one', title: 'One', markdown: expect.stringContaining('{{model}}') })
  })

  test('are not sent again to who has them, and are compressed for who can read that', async () => {
    const etag = (await get('/docs/start.md')).headers.get('etag') ?? ''
    expect((await get('/docs/start.md', { headers: { 'if-none-match': etag } })).status).toBe(304)
    const zipped = await get('/docs/start.md', { headers: { 'accept-encoding': 'gzip' } })
    expect(gunzipSync(await zipped.arrayBuffer()).toString()).toContain('# Start')
    const head = await get('/docs/start.md', { method: 'HEAD' })
    const whole = await (await get('/docs/start.md')).arrayBuffer()
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(head.headers.get('content-length')).toBe(String(whole.byteLength))
  })

  test.each(['/docs/nowhere.md', '/docs/../start.md', '/docs/start', '/docs/api', '/docs/a/b/c.md', '/docs/.md'])(
    'there is nothing of the guide at %s',
    async (path) => {
      expect(await ask(endpointAt(null), path)).toBeUndefined()
    },
  )

  test('only reading is answered', async () => {
    expect(await ask(endpointAt(null), '/docs/start.md', { method: 'POST' })).toBeUndefined()
  })
})

describe('lists', () => {
  test('/llms.txt names every page with its address and what it is about', async () => {
    const text = await (await get('/llms.txt')).text()
    expect(text).toStartWith('# Tollgate\n\n> ')
    expect(text).toContain('## First\n\n- [Start](https://llm.example.com/docs/start.md): How to begin.\n')
    expect(text).toContain('- [One](https://llm.example.com/docs/clients/one.md): A client.')
    expect(text).toContain('https://llm.example.com/docs/pricing.md')
  })

  test('/llms-full.txt has all of them, filled in', async () => {
    const text = await (await get('/llms-full.txt')).text()
    expect(text).toContain('# Start')
    expect(text).toContain('ask "$TOLLGATE_API_KEY" demo')
  })

  test('the contents have titles and headings, the index has the text to search', async () => {
    const contents = await (await get('/docs/contents.json')).json()
    expect(contents).toMatchObject({
      base_url: 'https://llm.example.com',
      model: 'demo',
      sections: [{ id: 'first', title: 'First', pages: [{ slug: 'start', headings: [{ anchor: 'ask' }] }, {}] }],
    })
    const index = await (await get('/docs/index.json')).json()
    expect(index).toMatchObject({
      pages: [
        { slug: 'start', section: 'First', passages: [{}, { anchor: 'ask', heading: 'Ask' }] },
        { slug: 'clients/one' },
      ],
    })
  })

  test('what examples are filled in with is there by itself', async () => {
    expect(await (await get('/docs/values.json')).json()).toEqual({
      ...names,
      base_url: 'https://llm.example.com',
      key_needed: true,
    })
  })

  test('prices are a page where they are for everybody, and nothing where they are not', async () => {
    expect(await (await get('/docs/pricing.md')).text()).toBe('# Prices\n')
    const hidden = createDocsEndpoint({
      guide,
      publicUrl: null,
      keyNeeded: true,
      names: () => names,
      pricesPage: () => undefined,
    })
    expect(await ask(hidden, '/docs/pricing.md')).toBeUndefined()
  })
})
