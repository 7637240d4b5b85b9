import { describe, expect, test } from 'bun:test'
import { type FirstScreen, renderFirstScreen } from './banner.ts'

const DEMO: FirstScreen = {
  version: '0.1.0',
  host: '127.0.0.1',
  port: 8000,
  auth: 'required',
  adminKey: 'sk-tg-admin-AAA',
  apiKey: 'sk-tg-BBB',
  providers: [{ id: 'demo', kind: 'demo' }],
  keyVariables: ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'],
  example: { format: 'openai-chat', model: 'demo' },
  file: null,
  databasePath: './data/tollgate.db',
  colour: false,
}

test('the first line says where it listens, in the words others wait for', () => {
  const [first] = renderFirstScreen(DEMO).split('\n')
  expect(first).toBe('Tollgate 0.1.0 listening on http://127.0.0.1:8000')
})

test('the first screen shows the keys once, the demo and how to leave it, and commands to copy', () => {
  expect(renderFirstScreen(DEMO)).toBe(`Tollgate 0.1.0 listening on http://127.0.0.1:8000

  Providers   demo: built in, answers by itself without asking any model
              For a real one set OPENAI_API_KEY or ANTHROPIC_API_KEY, or name it in tollgate.yaml, and start again.
  Settings    defaults (no tollgate.yaml here)
  Data        ./data/tollgate.db
  Console     http://127.0.0.1:8000/
  Reference   http://127.0.0.1:8000/docs/api
  Admin key   sk-tg-admin-AAA
  API key     sk-tg-BBB
              Shown this once: keep what you need.

  Try it:

    curl http://127.0.0.1:8000/v1/chat/completions \\
      -H "authorization: Bearer sk-tg-BBB" \\
      -H "content-type: application/json" \\
      -d '{"model":"demo","messages":[{"role":"user","content":"Hello!"}]}'

  The same as a stream:

    curl -N http://127.0.0.1:8000/v1/chat/completions \\
      -H "authorization: Bearer sk-tg-BBB" \\
      -H "content-type: application/json" \\
      -d '{"model":"demo","stream":true,"messages":[{"role":"user","content":"Hello!"}]}'

`)
})

describe('other starts', () => {
  test('later, no key is shown and the command takes one from the environment', () => {
    const text = renderFirstScreen({ ...DEMO, adminKey: undefined, apiKey: undefined })
    expect(text).toContain('-H "authorization: Bearer $TOLLGATE_API_KEY"')
    expect(text).not.toContain('Shown this once')
    expect(text).not.toContain('Admin key')
  })

  test('in local mode the command needs no key', () => {
    const text = renderFirstScreen({ ...DEMO, auth: 'none', adminKey: undefined })
    expect(text).not.toContain('authorization')
    expect(text).not.toContain('API key')
  })

  test('real providers are named, with their kind where it differs', () => {
    const providers = [
      { id: 'openai', kind: 'openai' },
      { id: 'claude-main', kind: 'anthropic' },
    ]
    const text = renderFirstScreen({ ...DEMO, providers, file: 'tollgate.yaml' })
    expect(text).toContain('Providers   openai, claude-main (anthropic)\n')
    expect(text).toContain('Settings    tollgate.yaml\n')
    expect(text).not.toContain('For a real one')
  })

  test('a provider of Messages alone is asked in its own format, with the limit that format wants', () => {
    const text = renderFirstScreen({ ...DEMO, example: { format: 'anthropic-messages', model: 'claude-x' } })
    expect(text).toContain('curl http://127.0.0.1:8000/v1/messages')
    expect(text).toContain('{"model":"claude-x","max_tokens":1000,"messages"')
  })

  test('where no model is known by name there is no command, but how to name one', () => {
    const text = renderFirstScreen({ ...DEMO, example: undefined })
    expect(text).not.toContain('curl')
    expect(text).toContain('model_catalog.json')
  })

  const addresses = [
    ['0.0.0.0', 'http://0.0.0.0:8000', 'http://127.0.0.1:8000/v1'],
    ['::1', 'http://[::1]:8000', 'http://[::1]:8000/v1'],
    ['::', 'http://[::]:8000', 'http://[::1]:8000/v1'],
  ] as const
  test.each(addresses)('listening on %s, the command has an address that answers', (host, listening, asked) => {
    const text = renderFirstScreen({ ...DEMO, host })
    expect(text).toContain(`listening on ${listening}\n`)
    expect(text).toContain(`curl ${asked}`)
  })

  test('there are escape sequences only where they are shown as colour', () => {
    expect(renderFirstScreen(DEMO)).not.toContain('\u001b')
    const [first] = renderFirstScreen({ ...DEMO, colour: true }).split('\n')
    expect(first).toContain('\u001b[1m')
    expect(first).toContain('listening on http://127.0.0.1:8000')
  })
})
