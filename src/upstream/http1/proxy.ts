import { err, ok, type Result } from '../../result.ts'

/** An HTTP proxy that stands between, and what it asks for. Nothing of it is for a log. */
export interface HttpProxy {
  /** Equal for equal proxies, credentials included. */
  readonly key: string
  /** A name or an address; an IPv6 one without its brackets. */
  readonly hostname: string
  readonly port: number
  /** The `proxy-authorization` header (RFC 7617). */
  readonly authorization: string | undefined
}

/** What an address of a proxy has to be. */
export const PROXY_EXPECTED = 'an address of an HTTP proxy such as `http://user:password@host:3128`'

/**
 * Reads the address of a proxy: `http://`, a host, its port (80 without one), and a name and password for it or not,
 * percent-encoded where they have to be. The reason why it is none shows nothing of it.
 */
export const parseProxy = (address: string): Result<HttpProxy, string> => {
  const url = URL.parse(address)
  if (!url || !/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return err('something that is no address')
  if (url.protocol !== 'http:') return err(`an address that starts with \`${url.protocol}//\``)
  if (url.hostname === '') return err('an address without a host')
  if (url.pathname !== '/' || /[?#]/.test(address)) return err('an address with more than a host and a port')
  const credentials = decoded(url.username, url.password)
  if (credentials === undefined) return err('an address whose name or password is not percent-encoded')
  return ok({
    key: url.href,
    hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === '' ? 80 : Number(url.port),
    authorization: credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
  })
}

/** `name:password`. A colon in the name would be read as its end. */
const decoded = (name: string, password: string): string | undefined => {
  try {
    const plain = decodeURIComponent(name)
    return plain.includes(':') ? undefined : `${plain}:${decodeURIComponent(password)}`
  } catch {
    return undefined
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for an address, as curl reads it: `HTTPS_PROXY`, `HTTP_PROXY`, else `ALL_PROXY`,
 * less what `NO_PROXY` lists, in either case of letters, `http://` where there is no scheme. Fails, naming the variable,
 * for one that cannot be used: to pass it by is not what whoever set it wants.
 */
export const environmentProxy = (url: string, environment: Environment): Result<HttpProxy | undefined, string> => {
  const target = URL.parse(url)
  if (!target) return ok(undefined)
  const scheme = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const name = variable(environment, scheme) === '' ? 'all_proxy' : scheme
  const address = variable(environment, name)
  if (address === '' || isDirect(target, environment)) return ok(undefined)
  const proxy = parseProxy(address.includes('://') ? address : `http://${address}`)
  return proxy.ok ? proxy : err(`${name.toUpperCase()} is ${proxy.error}, not ${PROXY_EXPECTED}`)
}

const isDirect = (target: URL, environment: Environment): boolean => {
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  const exceptions = variable(environment, 'no_proxy')
    .toLowerCase()
    .split(/[\s,]+/)
  return exceptions.some((entry) => entry !== '' && isExcepted(entry, target.hostname, port))
}

const variable = (environment: Environment, name: string): string =>
  (environment[name] || environment[name.toUpperCase()] || '').trim()

/** An entry is `*`, a host that stands for its subdomains too (`.example.com`, `*.example.com`), each with a port or not. */
const isExcepted = (entry: string, hostname: string, port: string): boolean => {
  if (entry === '*') return true
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const listed = splitPort(entry)
  if (listed.port !== undefined && listed.port !== port) return false
  const name = listed.host.replace(/^\*?\./, '')
  return name !== '' && (host === name || host.endsWith(`.${name}`))
}

const splitPort = (entry: string): { readonly host: string; readonly port: string | undefined } => {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry)
  if (bracketed) return { host: bracketed[1] ?? '', port: bracketed[2] }
  const named = /^([^:]*):(\d+)$/.exec(entry)
  return named ? { host: named[1] ?? '', port: named[2] } : { host: entry, port: undefined }
}
