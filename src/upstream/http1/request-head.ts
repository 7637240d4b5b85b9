import { err, ok, type Result } from '../../result.ts'
import type { HttpProxy } from './proxy.ts'
import type { Origin, Target } from './target.ts'

/** A token of RFC 9110 §5.6.2: methods and header names. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** RFC 9110 §5.5, and what fits into a byte: anything else would end the header, or be sent as something else. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Headers that say how the message itself is framed and sent, which is for the connection to say. */
const OURS = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade', 'expect'],
  ...['proxy-connection', 'proxy-authorization'],
])

/**
 * Renders a request's head (RFC 9112 §3), one character a byte. Headers that frame the message are ours, whatever the
 * caller says. Fails for a name or value that would break out of its line. `forwarder`: the proxy that it is written to
 * and that reads it, rather than tunnels it.
 */
export const renderRequestHead = (
  method: string,
  { origin, path }: Target,
  headers: Readonly<Record<string, string>>,
  bodyBytes: number | undefined,
  forwarder?: HttpProxy,
): Result<string, string> => {
  if (!TOKEN.test(method)) return err('a method that is no token')
  const asked = forwarder ? `http://${origin.hostHeader}${path}` : path
  let head = `${method} ${asked} HTTP/1.1\r\nhost: ${origin.hostHeader}\r\n${forwarder ? authorizationOf(forwarder) : ''}`
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || OURS.has(name) || OURS.has(name.toLowerCase())) continue
    if (!TOKEN.test(name)) return err('a header name that is no token')
    // The value may be a key: it is not for the log.
    if (!VALUE.test(value)) return err(`header ${name} has a character that cannot be sent`)
    head += `${name}: ${value}\r\n`
  }
  const length = bodyBytes ?? (hasBodyByNature(method) ? 0 : undefined)
  return ok(length === undefined ? `${head}\r\n` : `${head}content-length: ${length}\r\n\r\n`)
}

/** The head that asks a proxy for a tunnel to an origin. */
export const renderConnectHead = ({ hostname, port }: Origin, proxy: HttpProxy): string => {
  const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  return `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${authorizationOf(proxy)}\r\n`
}

const authorizationOf = ({ authorization }: HttpProxy): string =>
  authorization === undefined ? '' : `proxy-authorization: ${authorization}\r\n`

/** RFC 9110 §8.6: for these an absent body is announced as an empty one. */
const hasBodyByNature = (method: string): boolean => method === 'POST' || method === 'PUT' || method === 'PATCH'
