import { describe, expect, test } from 'bun:test'
import type { AccountFault } from '../providers/types.ts'
import { Health } from './health.ts'
import { type Failure, failureOfStatus, noteOutcome, RETRY_RULES } from './retry.ts'
import { candidateOf } from './test-parts.ts'

const FAULTS: readonly AccountFault[] = [
  { field: 'type', is: 'insufficient_quota', means: 'quota-exhausted' },
  { field: 'reason', is: 'API_KEY_INVALID', means: 'key-refused' },
  { field: 'message', is: 'Your credit balance is too low', means: 'quota-exhausted' },
]

describe('a refusal means', () => {
  const rows: readonly (readonly [status: number, text: string, failure: Failure | undefined])[] = [
    [200, '', undefined],
    [302, '', 'server-error'],
    [400, '{"error":{"message":"max_tokens: too large"}}', 'request-refused'],
    [400, '{"error":{"message":"Your credit balance is too low to access the API"}}', 'quota-exhausted'],
    [400, '{"error":{"message":"Unexpected `anthropic-beta`: Your credit balance is too low"}}', 'request-refused'],
    [400, '{"error":{"message":"x","param":"insufficient_quota"}}', 'request-refused'],
    [400, '{"error":{"message":"no","details":[{"reason":"API_KEY_INVALID"}]}}', 'key-refused'],
    [400, '[{"error":{"message":"no","details":[{"reason":"API_KEY_INVALID"}]}}]', 'key-refused'],
    [400, '{"error":{"message":"API_KEY_INVALID"}}', 'request-refused'],
    [400, '{"error":{"message":"messages.1.content.0: Invalid `signature` in `thinking` block"}}', 'state-refused'],
    [400, '{"error":{"code":"invalid_encrypted_content"}}', 'state-refused'],
    [400, '{"error":{"message":"The encrypted content gAAA... could not be verified."}}', 'state-refused'],
    [400, '{"error":{"message":"Thought signature is not valid."}}', 'state-refused'],
    [401, '', 'key-refused'],
    [402, '', 'quota-exhausted'],
    [403, '{"error":{"message":"Your organization has been disabled"}}', 'forbidden'],
    [403, '{"error":{"message":"no permission to access the File abc or it may not exist"}}', 'content-refused'],
    [403, '{"error":{"message":"Your API key may not use the specified resource"}}', 'content-refused'],
    [403, '{"error":{"message":"Project does not have access to model o9"}}', 'model-refused'],
    [403, '{"error":{"message":"Your input was flagged by moderation"}}', 'content-refused'],
    [404, '{"error":{"code":"model_not_found"}}', 'model-missing'],
    [404, '{"error":{"type":"not_found_error","message":"model: claude-9"}}', 'model-missing'],
    [404, '<html>', 'request-refused'],
    [407, '', 'key-refused'],
    [408, '', 'server-error'],
    [409, '', 'request-refused'],
    [413, '', 'request-refused'],
    [422, '', 'request-refused'],
    [429, '{"error":{"type":"rate_limit_error"}}', 'rate-limited'],
    [429, '{"error":{"type":"insufficient_quota"}}', 'quota-exhausted'],
    [429, '{"error":{"message":"insufficient_quota"}}', 'rate-limited'],
    [500, '', 'server-error'],
    [502, '', 'server-error'],
    [503, '', 'overloaded'],
    [504, '', 'server-error'],
    [529, '', 'overloaded'],
  ]
  test.each(rows)('%i %s: %s', (status, text, failure) => {
    expect(failureOfStatus({ status, text, accountFaults: FAULTS })).toBe(failure)
  })
})

describe('of a failure is held', () => {
  const RULES = {
    failures: 1,
    failurePercent: 100,
    coolDownMs: 1_000,
    coolDownMaxMs: 1_000,
    waitMaxMs: 3_600_000,
    disabledRetryMs: null,
    subjects: 100,
  }
  const rows: readonly (readonly [Failure, readonly string[]])[] = [
    ['rate-limited', ['key-model:a/1/m1']],
    ['quota-exhausted', ['key:a/1']],
    ['key-refused', ['key:a/1']],
    ['forbidden', ['key-model:a/1/m1']],
    ['model-refused', ['key-model:a/1/m1']],
    ['model-missing', ['model:a/m1']],
    ['content-refused', []],
    ['state-refused', []],
    ['overloaded', ['model:a/m1']],
    ['server-error', ['channel:a', 'model:a/m1']],
    ['no-connection', ['channel:a']],
    ['timeout', ['channel:a', 'model:a/m1']],
    ['unreadable', ['model:a/m1']],
    ['key-busy', []],
    ['untranslatable', []],
    ['request-refused', []],
    ['client-left', []],
  ]
  test.each(rows)('%s against %j', (failure, blamed) => {
    const health = new Health(RULES, () => 0)
    const candidate = candidateOf('a')
    const [key] = candidate.channel.provider.keys
    if (!key) throw new Error('no key')
    noteOutcome(health, { candidate, key, failure, startedAtMs: 0 })
    expect(
      health
        .list()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual([...blamed])
  })

  test('every failure there is, and the table has no other', () => {
    expect(rows.map(([failure]) => failure).sort()).toEqual(Object.keys(RETRY_RULES).sort() as Failure[])
  })
})
