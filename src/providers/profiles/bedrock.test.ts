import { expect, test } from 'bun:test'
import type { UpstreamFormat } from '../../canon/operation.ts'
import { profileOf } from '../profiles.ts'
import { kindOf, modelOf } from './test-parts.ts'

const CONVERSE = 'bedrock-converse'
const MESSAGES = 'anthropic-messages'

const rows: readonly (readonly [UpstreamFormat, string, object])[] = [
  [CONVERSE, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', { cacheMarks: 'cache_control', cacheTtlHour: true }],
  [CONVERSE, 'anthropic.claude-3-7-sonnet-20250219-v1:0', { cacheMarks: 'cache_control', cacheTtlHour: false }],
  [CONVERSE, 'anthropic.claude-3-5-haiku-20241022-v1:0', { cacheMarks: 'cache_control' }],
  [CONVERSE, 'anthropic.claude-3-haiku-20240307-v1:0', { cacheMarks: 'none' }],
  [MESSAGES, 'anthropic.claude-3-5-sonnet-20240620-v1:0', { cacheMarks: 'none' }],
  [CONVERSE, 'us.amazon.nova-pro-v1:0', { cacheMarks: 'cache_control', cacheMarksOnTools: false, cacheTtlHour: false }],
  [CONVERSE, 'meta.llama3-1-70b-instruct-v1:0', { cacheMarks: 'none' }],
]
test.each(rows)('what may be cached of a prompt, in %s: %s', (format, name, facts) => {
  expect(profileOf({ kind: kindOf('bedrock'), model: modelOf(name), upstreamModel: name, format })).toMatchObject(facts)
})
