import { expect, test } from 'bun:test'
import { readStoredPath } from './stored-paths.ts'

const apiOf = (name: string) =>
  name === 'my-openai' ? ('openai' as const) : name === 'my-claude' ? ('anthropic' as const) : undefined
const read = (path: string, headers: Record<string, string> = {}) => readStoredPath(path, new Headers(headers), apiOf)
const VERSION = { 'anthropic-version': '2023-06-01' }

const FOUND: readonly (readonly [path: string, headers: Record<string, string>, what: object])[] = [
  ['/v1/files', {}, { of: 'files', api: 'openai', prefix: '/v1/files', id: undefined }],
  ['/v1/files', VERSION, { of: 'files', api: 'anthropic' }],
  ['/openai/v1/files/file-1', VERSION, { of: 'files', api: 'openai', id: 'file-1' }],
  ['/v1/openai/files/file-1/content', {}, { api: 'openai', id: 'file-1', rest: 'content' }],
  ['/claude/v1/files', {}, { of: 'files', api: 'anthropic' }],
  ['/v1/batches', {}, { of: 'batches', api: 'openai' }],
  ['/api/proxy/v1/batches/batch_1/cancel', {}, { of: 'batches', id: 'batch_1', rest: 'cancel' }],
  ['/v1/messages/batches', {}, { of: 'batches', api: 'anthropic', prefix: '/v1/messages/batches' }],
  ['/v1/anthropic/v1/messages/batches/b/results', {}, { api: 'anthropic', id: 'b', rest: 'results', only: undefined }],
  ['/v1/my-openai/files', {}, { api: 'openai', only: 'my-openai' }],
  ['/v1/my-openai/batches/b', {}, { api: 'openai', only: 'my-openai', id: 'b' }],
  ['/v1/my-claude/v1/messages/batches', {}, { api: 'anthropic', only: 'my-claude' }],
  ['/v1/files/a%2Fb', {}, { id: 'a/b' }],
]
test.each(FOUND)('%s is served', (path, headers, what) => {
  expect(read(path, headers)).toMatchObject(what)
})

const OTHERS = [
  '/v1/messages',
  '/v1/file',
  '/files',
  '/v1/nobody/files',
  '/v1/my-claude/batches',
  '/v1/my-openai/messages/batches',
  '/claude/v1/batches',
  '/v1/files/a/b',
  '/v1/files/',
  '/v1/files/%zz',
  '/v1beta/batches',
]
test.each(OTHERS)('%s is somebody else’s', (path) => {
  expect(read(path)).toBeUndefined()
})
