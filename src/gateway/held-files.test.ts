import { describe, expect, test } from 'bun:test'
import { scanObject } from '../canon/scan-object.ts'
import type { WireFormat } from '../canon/operation.ts'
import type { FileRecord } from '../db/types.ts'
import { fileIdsIn, holderOf } from './held-files.ts'

const idsIn = (body: unknown, format: WireFormat = 'openai-responses'): readonly string[] => {
  const scan = scanObject(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), { depthMax: 50 })
  if (!scan.ok) throw new Error(scan.error.message)
  return fileIdsIn(scan.value, format)
}

describe('files that a request names', () => {
  const NAMED: readonly (readonly [what: string, body: unknown, ids: readonly string[]])[] = [
    ['nothing', { input: 'file-1' }, []],
    ['a part of a chat', { messages: [{ content: [{ type: 'file', file: { file_id: 'file-1' } }] }] }, ['file-1']],
    ['an input of Responses', { input: [{ content: [{ type: 'input_file', file_id: 'file-1' }] }] }, ['file-1']],
    ['a source of Messages', { messages: [{ content: [{ source: { type: 'file', file_id: 'f1' } }] }] }, ['f1']],
    [
      'a container',
      { tools: [{ type: 'code_interpreter', container: { file_ids: ['file-1', 'file-2'] } }] },
      ['file-1', 'file-2'],
    ],
    ['the same one twice', { input: [{ file_id: 'file-1' }, { file_id: 'file-1' }] }, ['file-1']],
    ['a name with escapes', '{"input":[{"\\u0066ile_id":"file-1"}]}', ['file-1']],
    ['where something was found', { input: [{ annotations: [{ type: 'file_citation', file_id: 'file-1' }] }] }, []],
    [
      'a mention beside a file',
      { input: [{ type: 'file_path', file_id: 'file-1' }, { file_id: 'file-2' }] },
      ['file-2'],
    ],
  ]
  test.each(NAMED)('%s', (_, body, ids) => {
    expect([...idsIn(body)].toSorted((a, b) => a.localeCompare(b))).toEqual([...ids])
  })

  test('of Gemini there are addresses, which are not looked at', () => {
    expect(idsIn({ contents: [{ parts: [{ file_id: 'x' }] }] }, 'gemini')).toEqual([])
  })
})

const kept = (id: string, provider: string, providerKey: string, scope = 'user:1'): FileRecord => ({
  scope,
  id,
  api: 'openai',
  provider,
  channel: provider,
  providerKey,
  userId: '1',
  keyId: '1',
  purpose: 'user_data',
  bytes: 1,
  batch: null,
  createdAtMs: 0,
  body: '{}',
})

describe('who keeps files', () => {
  const ONE = kept('one', 'house', '1')
  const HOLDERS: readonly (readonly [what: string, found: readonly FileRecord[], holder: object])[] = [
    ['of one key', [ONE, kept('two', 'house', '1')], { ok: true, value: { provider: 'house', key: '1' } }],
    ['of two keys', [ONE, kept('two', 'house', '2')], { ok: false, error: { kind: 'invalid-request' } }],
    ['of two providers', [ONE, kept('two', 'other', '1')], { ok: false, error: { kind: 'invalid-request' } }],
    ['of somebody else', [ONE, kept('two', 'house', '1', 'user:2')], { ok: false, error: { kind: 'not-found' } }],
    ['that nobody put there', [], { ok: true, value: undefined }],
  ]
  test.each(HOLDERS)('%s', (_, found, holder) => {
    expect(holderOf('user:1', found)).toMatchObject(holder)
  })
})
