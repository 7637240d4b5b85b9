import { isObject, type JsonObject, textOf } from '../json.ts'

export interface Exception {
  /** In the words of Messages' errors. */
  readonly type: string
  readonly message: string
}

const TYPES: Readonly<Record<string, string>> = {
  throttlingException: 'rate_limit_error',
  serviceUnavailableException: 'overloaded_error',
  validationException: 'invalid_request_error',
  modelTimeoutException: 'timeout_error',
}

/** The failure that a stream's event tells: `{"throttlingException": {"message"}}`. */
export const exceptionIn = (event: JsonObject): Exception | undefined => {
  const [name] = Object.keys(event)
  if (name === undefined || !name.endsWith('Exception')) return undefined
  const told = event[name]
  const type = Object.hasOwn(TYPES, name) ? (TYPES[name] ?? '') : ''
  return { type: type || 'api_error', message: isObject(told) ? textOf(told.message) : '' }
}
