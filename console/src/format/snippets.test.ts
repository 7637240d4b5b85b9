import { describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { baseUrlOf, snippetsOf } from './snippets.ts'

const codeOf = (name: string, facts: Parameters<typeof snippetsOf>[0]): string =>
  snippetsOf(facts).find((snippet) => snippet.name === name)?.code ?? ''

describe('snippets', () => {
  test('ask under /v1 once, however the address ends', () => {
    for (const baseUrl of ['https://ai.example.com', 'https://ai.example.com/']) {
      const snippets = snippetsOf({ baseUrl, key: 'sk-tg-1', model: 'm' })
      expect(snippets.map(({ code }) => /com\/\/|\/v1\/v1/.test(code))).toEqual(snippets.map(() => false))
      expect(snippets[0]?.code).toContain('curl https://ai.example.com/v1/chat/completions')
    }
  })

  test('give a shell the model as it is called, whatever is in its name', () => {
    const model = `it's "$HOME" \`x\``
    const script = codeOf('curl', { baseUrl: 'http://127.0.0.1:1', key: 'sk-tg-1', model })
    const shown = spawnSync('sh', ['-c', `curl() { for last; do :; done; printf '%s' "$last"; }\n${script}`])
    expect(JSON.parse(shown.stdout.toString())).toMatchObject({ model })
  })

  test.each([
    ['https://ai.example.com', 'https://ai.example.com'],
    ['http://127.0.0.1:8787', 'http://10.0.0.5:8787'],
    ['http://0.0.0.0:8787', 'http://10.0.0.5:8787'],
    ['http://[::]:8787', 'http://10.0.0.5:8787'],
    ['', 'http://10.0.0.5:8787'],
  ])('never lead to the machine of the reader: %s', (publicUrl, shown) => {
    expect(baseUrlOf(publicUrl, 'http://10.0.0.5:8787')).toBe(shown)
  })
})
