import { describe, expect, test } from 'bun:test'
import { FORMATS, type Format } from './conversation.ts'
import { literalOf } from './literals.ts'
import { requestOf } from './request.ts'
import { snippetsOf } from './snippets.ts'

/** Words that a language might take for something else. */
const HARD = 'It\'s "quoted" \\ $HOME `ls` ${x} {{y}} \n\t\u2028 </script> 你好 🎉'

const FACTS = { baseUrl: 'https://gate.example', model: 'm', isStreamed: false }
const snippets = (format: Format, text: string, isStreamed = false) => {
  const turns = [{ role: 'user', id: '1', text, images: [] } as const]
  const request = requestOf({
    model: 'm',
    format,
    system: '',
    turns,
    tools: [],
    settings: { temperature: 0 },
    isStreamed,
  })
  return { request, made: snippetsOf(request, { ...FACTS, isStreamed }) }
}

describe.each(FORMATS.map((format) => [format]))('a request in %s', (format) => {
  test('is copied to curl as the body that is sent, whatever it holds', () => {
    const { request, made } = snippets(format, HARD)
    const [, body = ''] = /<<'JSON'\n([\s\S]*)\nJSON$/.exec(made[0]?.code ?? '') ?? []
    expect(JSON.parse(body)).toEqual(request.body as never)
    expect(body.split('\n')).not.toContain('JSON')
  })

  test('reads its key from the environment, in every language', () => {
    for (const { code } of snippets(format, 'Hi').made) {
      expect(code).toContain('TOLLGATE_API_KEY')
      expect(code).toContain('https://gate.example')
      expect(code).not.toContain('sk-tg-')
    }
  })

  test('that is streamed is read as a stream', () => {
    const [curl, python, typescript] = snippets(format, 'Hi', true).made.map(({ code }) => code)
    expect(curl).toStartWith('curl -N ')
    expect(python).toMatch(/^for event in client\./m)
    expect(typescript).toContain('for await (const event of stream)')
  })
})

describe('literals', () => {
  test.each([
    [
      { a: null, b: [true, false], 'c-d': 1.5 },
      '{"a": None, "b": [True, False], "c-d": 1.5}',
      "{ a: null, b: [true, false], 'c-d': 1.5 }",
    ],
    [[], '[]', '[]'],
    [{}, '{}', '{}'],
    [JSON.parse('{"__proto__": 1}'), '{"__proto__": 1}', "{ ['__proto__']: 1 }"],
    ['It\'s "it" \\n\n', '"It\'s \\"it\\" \\\\n\\n"', "'It\\'s \"it\" \\\\n\\n'"],
  ])('%j is written as Python and as TypeScript do', (value, python, typescript) => {
    expect([literalOf(value, 'python'), literalOf(value, 'typescript')]).toEqual([python, typescript])
  })

  test('of TypeScript mean what they were made of', async () => {
    const value = {
      text: HARD,
      deep: { list: Array.from({ length: 40 }, (_, at) => ({ at, [HARD]: [HARD] })) },
      'a b': [],
    }
    const program = `export default ${literalOf(value, 'typescript')}`
    const module: { readonly default: unknown } = await import(`data:text/javascript,${encodeURIComponent(program)}`)
    expect(module.default).toEqual(value)
  })
})
