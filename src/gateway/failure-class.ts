import type { Failure } from '../routing/retry.ts'
import type { Unanswered } from './upstream-failures.ts'

/** What it means in the retry table that there was no answer. */
export const failureOfFault = (failed: Unanswered): Failure =>
  failed.kind === 'no-token' && failed.isRefused ? 'key-refused' : FAILURES[failed.kind]

const FAILURES: Readonly<Record<Unanswered['kind'], Failure>> = {
  'no-token': 'no-connection',
  connect: 'no-connection',
  reset: 'no-connection',
  'timeout-connect': 'no-connection',
  'timeout-first-byte': 'timeout',
  'timeout-idle': 'timeout',
  'timeout-total': 'timeout',
  aborted: 'client-left',
  unreadable: 'unreadable',
  'too-large': 'unreadable',
}
