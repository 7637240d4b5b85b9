import { describe, expect, test } from 'bun:test'
import { readTypedCall, writeTypedCall } from './typed-calls.ts'

const items = [
  {
    type: 'local_shell_call',
    action: { type: 'exec', command: ['ls', '-a'], env: { A: 'b' }, working_directory: '/tmp' },
  },
  {
    type: 'shell_call',
    action: { commands: ['ls'], timeout_ms: 1_000, max_output_length: null },
    environment: { type: 'local' },
  },
  { type: 'apply_patch_call', operation: { type: 'create_file', path: 'a.md', diff: '+a\n' } },
  { type: 'apply_patch_call', operation: { type: 'delete_file', path: 'a.md' } },
]

describe('a typed call', () => {
  for (const item of items)
    test(`is read and written as the same ${JSON.stringify(item)}`, () => {
      const call = readTypedCall(item)
      expect(call && writeTypedCall(call)).toEqual(item)
    })

  test('is none where the vendor runs it', () => {
    expect(readTypedCall({ type: 'shell_call', environment: { type: 'container_reference' } })).toBeUndefined()
    expect(readTypedCall({ type: 'shell_call_output' })).toBeUndefined()
  })

  const useless: readonly [typed: string, text: string][] = [
    ['local_shell', ''],
    ['local_shell', '{"command":"ls"}'],
    ['local_shell', '{"command":[]}'],
    ['shell', '{"commands":[1]}'],
    ['apply_patch', '{"type":"update_file","path":"a"}'],
    ['apply_patch', '{"type":"rename_file","path":"a","diff":""}'],
    ['computer', '{"command":["ls"]}'],
  ]
  for (const [typed, text] of useless)
    test(`31 of ${typed} is not made of ${text || 'nothing'}`, () =>
      expect(writeTypedCall({ typed, arguments: text })).toBeUndefined())
})
