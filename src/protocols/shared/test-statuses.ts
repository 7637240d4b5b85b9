import type { ErrorKind } from '../../errors.ts'

/** What a vendor's status stands for in every format, where its error says nothing more. */
export const STATUS_KINDS: readonly [number, ErrorKind][] = [
  [400, 'invalid-request'],
  [401, 'upstream-refused'],
  [402, 'upstream-refused'],
  [403, 'upstream-refused'],
  [409, 'upstream-conflict'],
  [413, 'request-too-large'],
  [418, 'invalid-request'],
  [429, 'rate-limit-exceeded'],
  [500, 'upstream-failed'],
  [503, 'upstream-overloaded'],
  [504, 'upstream-timeout'],
]
