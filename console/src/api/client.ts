import { ApiError, noAnswer, readyErrorOf } from './error.ts'
import { reportAnswer } from './reach.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

export type QueryValue = string | number | boolean | null | undefined

export interface CallOptions {
  /** What goes in place of `{id}` in the path. */
  readonly path?: Readonly<Record<string, string | number>>
  /** Empty values are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

let organisation: string | undefined
let person: string | undefined
let onSignedOut: () => void = () => undefined

/** In the name of which organisation calls are made from now on. */
export const callAs = (id: string | undefined): void => {
  organisation = id
}

export const calledAs = (): string | undefined => organisation

/** For whom the page is drawn: what changes something is refused where somebody else is signed in by then. */
export const callBy = (id: string | undefined): void => {
  person = id
}

export const calledBy = (): string | undefined => person

/** Who is told when an answer says that nobody is signed in any more. */
export const watchSignedOut = (listener: () => void): void => {
  onSignedOut = listener
}

/** The address of a call on this server. A place in the path that nobody filled is a mistake of the page. */
export const addressOf = (template: string, { path = {}, query = {} }: CallOptions = {}): string => {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = path[name]
    if (value === undefined || value === '') throw new Error(`${template} needs ${name}`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  return search.size === 0 ? filled : `${filled}?${search}`
}

/** The headers of every call: the first is what no foreign page can send. */
export const callHeaders = (): Record<string, string> => ({
  'x-tollgate-console': '1',
  ...(organisation === undefined ? {} : { 'x-tollgate-organisation': organisation }),
})

/** Makes a call and gives the response back as it is, of whatever status: for streams and downloads. */
export const send = async (method: Method, template: string, options: CallOptions = {}): Promise<Response> => {
  const hasBody = options.body !== undefined
  try {
    const response = await fetch(addressOf(template, options), {
      method: method.toUpperCase(),
      headers: {
        accept: 'application/json',
        ...callHeaders(),
        ...(method !== 'get' && person !== undefined ? { 'x-tollgate-person': person } : {}),
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...options.headers,
      },
      credentials: 'same-origin',
      ...(hasBody ? { body: JSON.stringify(options.body) } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    reportAnswer(true)
    return response
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure
    reportAnswer(false)
    throw noAnswer(method !== 'get')
  }
}

/** Makes a call and reads its JSON; throws `ApiError` for every answer that is not a success. */
export const call = async <T>(method: Method, template: string, options: CallOptions = {}): Promise<T> => {
  const response = await send(method, template, options)
  const body = await readJson(response)
  if (response.ok) return body as T
  if (response.status === 401) onSignedOut()
  throw await readyErrorOf(response, body)
}

const readJson = async (response: Response): Promise<unknown> => {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: a proxy's page, say. The status tells what there is to tell.
    if (response.ok) throw new ApiError('The answer is not JSON.', { status: response.status, code: 'unreadable' })
    return undefined
  }
}
