import { describe, expect, test } from 'bun:test'
import { modelInPath, readAsk, withModelInPath } from './ask.ts'
import { readPassBody } from './body.ts'

const endpoint = (path: string) => ({ segments: path.split('/') })
const ask = (body: unknown, path = 'x', query = '', isFree = false) => {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  const read = readPassBody(bytes, typeof body === 'string' ? 'audio/wav' : 'application/json', 100)
  if (!read.ok) throw new Error(read.error.message)
  return readAsk(endpoint(path), new URLSearchParams(query), read.value, isFree)
}
const found = (...args: Parameters<typeof ask>) => {
  const asked = ask(...args)
  if (!asked.ok) throw new Error(asked.error.message)
  return asked.value
}

describe('what is asked of an endpoint', () => {
  test.each([
    ['the body', { model: 'm' }, 'x', ''],
    ['the query', 'sound', 'x', 'model=m'],
    ['the path', {}, 'v1beta/models/m:predict', ''],
    ['the path, encoded', {}, 'openai/deployments/m/images', ''],
    ['every place the same', { model: 'm' }, 'models/m', 'model=m'],
  ])('names its model in %s', (_where, body, path, query) => {
    expect(found(body, path, query)).toMatchObject({ model: 'm', isFree: false })
  })

  test.each([
    ['none', {}, 'x', '', 'unknown-model-pricing'],
    ['an empty one', {}, 'x', 'model=', 'unknown-model-pricing'],
    ['two', { model: 'a' }, 'x', 'model=b', 'invalid-request'],
    ['two in the query', {}, 'x', 'model=a&model=b', 'invalid-request'],
    ['two, one in the path', { model: 'a' }, 'models/b', '', 'invalid-request'],
    ['one in the query, and JSON under another name', '{"model":"b"}', 'x', 'model=a', 'unsupported-media-type'],
    ['one in the query, and a list', '[1]', 'x', 'model=a', 'unsupported-media-type'],
    ['one in the query, and a form as a query', 'model=b&x=1', 'x', 'model=a', 'unsupported-media-type'],
  ])('is refused where it names %s', (_what, body, path, query, kind) => {
    const asked = ask(body, path, query)
    expect(asked.ok ? 'let through' : asked.error.kind).toBe(kind)
  })

  test('is not read where it is free', () => {
    expect(found({ model: 'a', models: ['b'], n: -1 }, 'models/c', 'model=d', true)).toMatchObject({ isFree: true })
  })

  test('may be limited under many names, of which the largest counts', () => {
    expect(found({ model: 'm', max_tokens: 10, max_output_tokens: 30 }).envelope.outputTokensLimit).toBe(30)
    expect(found({ model: 'm', max_tokens: null }).envelope.outputTokensLimit).toBeUndefined()
    expect(found({ model: 'm', n: 3, best_of: 5 }).envelope.choices).toBe(5)
  })

  test.each([[{ n: 0 }], [{ n: 129 }], [{ max_tokens: 1.5 }], [{ max_tokens: '10' }], [{ background: true }]])(
    'is refused with %j',
    (more) => {
      expect(ask({ model: 'm', ...more }).ok).toBe(false)
    },
  )

  test.each([
    [{ previous_response_id: 'r' }, true],
    [{ previous_response_id: null }, false],
    [{ prompt: { id: 'p' } }, true],
    [{ prompt: 'write a poem' }, false],
    [{ file_id: 'f' }, true],
    [{}, false],
  ])('refers to what is kept upstream with %j: %p', (more, refers) => {
    expect(found({ model: 'm', ...more }).envelope.refersToStored).toBe(refers)
  })
})

describe('the model in a path', () => {
  test('is the segment behind the one that says so, without its method', () => {
    expect(modelInPath(endpoint('v1beta/models/a%20b:predict'))).toBe('a b')
    expect(modelInPath(endpoint('files/x'))).toBeUndefined()
    expect(withModelInPath(endpoint('v1/models/a:predict'), 'b/c')).toEqual(['v1', 'models', 'b%2Fc:predict'])
    expect(withModelInPath(endpoint('files/a'), 'b')).toEqual(['files', 'a'])
  })
})
