/** What a gateway answered. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
}

export type Json = { readonly [name: string]: unknown }

/** As a page of the console asks: with the cookies it was given, its own origin, and the header of the console. */
export interface Browser {
  readonly cookies: Map<string, string>
  /** As the last answer set them, attributes and all. */
  readonly set: string[]
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | null>>,
  ): Promise<Answered>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>
  /** Follows a redirect nowhere: says where it leads. */
  leads(path: string): Promise<string>
}

export const openBrowser = (url: string): Browser => {
  const cookies = new Map<string, string>()
  const set: string[] = []
  const keep = (headers: Headers): void => {
    set.splice(0, set.length, ...headers.getSetCookie())
    for (const written of set) {
      const [pair = '', ...attributes] = written.split(';')
      const at = pair.indexOf('=')
      const isGone = attributes.some((attribute) => attribute.trim().toLowerCase() === 'max-age=0')
      if (isGone) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string | null>> = {},
  ) => {
    const own: Record<string, string | null> = {
      ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
      ...(method !== 'GET' && { origin: url, 'x-tollgate-console': '1' }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...more,
    }
    const headers = Object.fromEntries(
      Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== null),
    )
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const answer = await fetch(url + path, { method, headers, redirect: 'manual', ...sent })
    keep(answer.headers)
    return answer
  }
  const send: Browser['send'] = async (method, path, body, headers) => {
    const answer = await ask(method, path, body, headers)
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson && text !== '' ? (JSON.parse(text) as Json) : {},
    }
  }
  return {
    cookies,
    set,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body = {}, headers) => send('POST', path, body, headers),
    leads: async (path) => {
      const answer = await ask('GET', path)
      await answer.text()
      return answer.headers.get('location') ?? ''
    },
  }
}

/** The code of a refusal. */
export const codeOf = ({ body }: Answered): unknown => (body['error'] as Json | undefined)?.['code']
