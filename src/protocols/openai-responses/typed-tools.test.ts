import { describe, expect, test } from 'bun:test'
import { TYPED_TOOLS } from './typed-tools.ts'

/** What another vendor's model is told of each tool that OpenAI's know by its type, as the reference has its calls. */

const TEXT = { type: 'string' }
const WHOLE = { type: 'integer' }
const SAID = { description: expect.stringMatching(/\.$/) }
const TEXTS = { type: 'array', items: TEXT }

describe('a typed tool', () => {
  test.each([
    [
      'local_shell',
      ['command'],
      {
        command: { ...TEXTS, ...SAID },
        working_directory: TEXT,
        env: { type: 'object', additionalProperties: TEXT },
        timeout_ms: WHOLE,
        user: TEXT,
      },
      'action',
      { type: 'exec' },
    ],
    [
      'shell',
      ['commands'],
      { commands: { ...TEXTS, ...SAID }, timeout_ms: WHOLE, max_output_length: { ...WHOLE, ...SAID } },
      'action',
      {},
    ],
    [
      'apply_patch',
      ['type', 'path'],
      { type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] }, path: TEXT, diff: TEXT },
      'operation',
      {},
    ],
  ] as const)('%s has its schema, says what it is for, and where its arguments stand', (...row) => {
    const [name, required, properties, member, fixed] = row
    const tool: (typeof TYPED_TOOLS)[keyof typeof TYPED_TOOLS] = TYPED_TOOLS[name]
    expect(tool.schema).toEqual({ type: 'object', properties, required: [...required] })
    expect(tool.description.length).toBeGreaterThan(40)
    expect({ member: tool.member, fixed: tool.fixed }).toEqual({ member, fixed })
  })
})
