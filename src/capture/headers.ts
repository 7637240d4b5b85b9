/** Headers that are kept. All others may tell who somebody is, or hold what opens something. */
const SHOWN = new Set([
  ...['content-type', 'content-length', 'content-encoding', 'accept', 'user-agent', 'retry-after', 'x-request-id'],
  ...['anthropic-version', 'anthropic-beta', 'openai-beta', 'x-stainless-lang', 'x-stainless-package-version'],
  ...['x-tollgate-strict', 'x-tollgate-warnings', 'x-tollgate-cost-usd', 'x-tollgate-provider', 'x-tollgate-channel'],
])
const VALUE_CHARACTERS_MAX = 500
/** What keys of vendors and of ours begin with, and tokens. */
const SECRET = /sk-|bearer|eyJ/i

/** The headers of a request or an answer that may be seen. */
export const shownHeaders = (headers: Headers | Readonly<Record<string, string>>): Record<string, string> => {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers)
  return Object.fromEntries(
    entries
      .map(([name, value]): [string, string] => [name.toLowerCase(), value.slice(0, VALUE_CHARACTERS_MAX)])
      .filter(([name, value]) => SHOWN.has(name) && !SECRET.test(value)),
  )
}
