import { numberOf } from '../../canon/json-text.ts'
import { isObject, objectOf, objectsOf, textOf } from '../json.ts'

/**
 * The wait in milliseconds that an error of Google's names: `RetryInfo` of google.rpc, as `"13s"` or
 * `{seconds, nanos}`; else the sentence that says the same.
 */
export const retryDelayMs = (details: unknown, message: string): number | undefined => {
  const info = objectsOf(details).find((detail) => textOf(detail['@type']).endsWith('google.rpc.RetryInfo'))
  const delay = info?.retryDelay
  if (isObject(delay)) return millisecondsOf(countIn(delay.seconds) + countIn(delay.nanos) / 1e9)
  const text = /^(\d+(?:\.\d+)?)s$/.exec(textOf(delay))?.[1] ?? /retry in (\d+(?:\.\d+)?)s/i.exec(message)?.[1]
  return text === undefined ? undefined : millisecondsOf(Number(text))
}

/** The same of a whole error body. Google serves OpenAI's formats too, with its own errors: often a list of one. */
export const retryDelayIn = (body: unknown): number | undefined => {
  const [first] = objectsOf(Array.isArray(body) ? body : [body])
  const error = objectOf(first?.error)
  return retryDelayMs(error.details, textOf(error.message))
}

/** 64-bit numbers come as texts. */
const countIn = (value: unknown = 0): number =>
  typeof value === 'string' ? Number(value) : (numberOf(value) ?? Number.NaN)

const millisecondsOf = (seconds: number): number | undefined =>
  Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1_000) : undefined
