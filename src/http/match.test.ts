import { describe, expect, test } from 'bun:test'
import { formatOfUnknown, matchOperation } from './match.ts'

const OPENAI_ROOTS = ['/v1', '/openai/v1', '/v1/openai']
const CLAUDE_ROOTS = ['/v1', '/claude/v1', '/v1/anthropic', '/v1/anthropic/v1', '/api/proxy/v1']

describe('a path of the contract', () => {
  const under = (roots: readonly string[], tail: string, format: string, action: string) =>
    roots.map((root): [string, object] => [root + tail, { format, action }])
  const paths = [
    ...under([...OPENAI_ROOTS, '/api/proxy/v1'], '/chat/completions', 'openai-chat', 'generate'),
    ...under([...OPENAI_ROOTS, '/api/proxy/v1'], '/responses', 'openai-responses', 'generate'),
    ...under([...OPENAI_ROOTS, '/api/proxy/v1'], '/responses/input_tokens', 'openai-responses', 'count-tokens'),
    ...under(CLAUDE_ROOTS, '/messages', 'anthropic-messages', 'generate'),
    ...under(CLAUDE_ROOTS, '/messages/count_tokens', 'anthropic-messages', 'count-tokens'),
    ...under(OPENAI_ROOTS, '/completions', 'openai-completions', 'generate'),
    ...under(OPENAI_ROOTS, '/embeddings', 'openai-embeddings', 'embed'),
    ...under(OPENAI_ROOTS, '/images/generations', 'openai-images', 'generate-image'),
    ...under(OPENAI_ROOTS, '/images/edits', 'openai-images', 'edit-image'),
    ...under(OPENAI_ROOTS, '/images/variations', 'openai-images', 'vary-image'),
    ...under(OPENAI_ROOTS, '/audio/speech', 'openai-audio', 'speak'),
    ...under(OPENAI_ROOTS, '/audio/transcriptions', 'openai-audio', 'transcribe'),
    ...under(OPENAI_ROOTS, '/audio/translations', 'openai-audio', 'translate'),
    ...under(OPENAI_ROOTS, '/moderations', 'openai-moderations', 'moderate'),
    ...under([...OPENAI_ROOTS, ''], '/rerank', 'rerank', 'rerank'),
    ...under([''], '/v2/rerank', 'rerank', 'rerank-v2'),
  ]
  test.each(paths)('%s is %o', (path, operation) => {
    expect(matchOperation(path)).toEqual(operation as never)
  })

  const methods: readonly (readonly [string, string, boolean])[] = [
    ['generateContent', 'generate', false],
    ['streamGenerateContent', 'generate', true],
    ['countTokens', 'count-tokens', false],
    ['embedContent', 'embed', false],
    ['batchEmbedContents', 'embed-batch', false],
  ]
  for (const root of ['/v1beta', '/v1']) {
    test.each(methods)(`${root}/models/{model}:%s is %s`, (method, action, pathStream) => {
      expect(matchOperation(`${root}/models/g-1.5:${method}`)).toEqual({
        format: 'gemini',
        action: action as never,
        pathModel: 'g-1.5',
        pathStream,
      })
    })
  }

  const models: readonly (readonly [string, string])[] = [
    ['ge/g1', 'ge/g1'],
    ['ge%2Fg1', 'ge/g1'],
    ['g%3A1', 'g:1'],
    ['g:1', 'g:1'],
    ['tuned%20model', 'tuned model'],
    // Not ours to judge here: no catalogue knows such a name, and upstream it is encoded again.
    ['..%2f..%2fx', '../../x'],
  ]
  test.each(models)('takes the model out of %s', (written, model) => {
    expect(matchOperation(`/v1beta/models/${written}:generateContent`)?.pathModel).toBe(model)
  })
})

describe('a path that is not of the data plane', () => {
  test.each([
    ...['/', '/v1', '/v1/', '/v1/chat', '/v1/chat/completion', '/v1/chat/completions/', '//v1/chat/completions'],
    ...['/V1/chat/completions', '/v1/messages/batches', '/v1/models', '/v1/models/m1', '/v1beta/models'],
    ...['/v1beta/models/g1', '/v1beta/models/:generateContent', '/v1beta/models/g1:deleteThing', '/v1beta/models/g1:'],
    ...['/v1beta/models//g1:generateContent', '/v1beta//models/g1:generateContent', '/v2/models/g1:generateContent'],
    ...['/v1beta/models/%ff:generateContent', '/v1beta/models/%:generateContent'],
    ...['/v1beta/models/g1:generateContent%3Fkey=1', '/v1beta/models/g1:constructor', '/v1beta/models/g1:toString'],
    ...['constructor', '__proto__', 'toString', '/api/admin/users'],
  ])('%s matches nothing', (path) => {
    expect(matchOperation(path)).toBeUndefined()
  })
})

describe('the format in which an unknown path is refused', () => {
  const paths: readonly (readonly [string, Record<string, string>, string])[] = [
    ['/v1beta/models', {}, 'gemini'],
    ['/v1beta/cachedContents', {}, 'gemini'],
    ['/v1/files', { 'x-goog-api-key': 'k' }, 'gemini'],
    ['/v1/messages/batches', {}, 'anthropic-messages'],
    ['/claude/v1/models', {}, 'anthropic-messages'],
    ['/v1/models', { 'anthropic-version': '2023-06-01' }, 'anthropic-messages'],
    ['/v1/responses/resp_1', {}, 'openai-responses'],
    ['/v1/files', {}, 'openai-chat'],
    ['/', {}, 'openai-chat'],
  ]
  test.each(paths)('%s with %j is %s', (path, headers, format) => {
    expect(formatOfUnknown(path, new Headers(headers))).toBe(format as never)
  })
})
