import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'

const HEADER = 'x-tollgate-strict'
const YES = new Set(['true', '1', 'yes', 'on'])
const NO = new Set(['false', '0', 'no', 'off', ''])

/**
 * Whether a client wants a request refused rather than sent with a loss. A word that is neither yes nor no is refused:
 * whoever sent it would pay for an answer that they had asked not to get.
 */
export const strictnessOf = (headers: Headers): Result<boolean, GatewayError> => {
  const word = (headers.get(HEADER) ?? '').trim().toLowerCase()
  if (YES.has(word)) return ok(true)
  if (NO.has(word)) return ok(false)
  const issue = 'must be true or false (1, yes, on, 0, no and off are read too)'
  return err(fault('invalid-request', `The header ${HEADER} ${issue}.`, { param: HEADER, issue }))
}
