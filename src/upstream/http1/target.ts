import { err, ok, type Result } from '../../result.ts'

/** Where a request goes. */
export interface Target {
  readonly origin: Origin
  /** Path and query, as they stand in the request line. */
  readonly path: string
}

/** What connections are shared by. */
export interface Origin {
  /** Scheme, host and port: equal for equal origins. */
  readonly key: string
  readonly tls: boolean
  /** A name or an address; an IPv6 one without its brackets. */
  readonly hostname: string
  readonly port: number
  /** The `host` header: with the port where it is not the scheme's own. */
  readonly hostHeader: string
}

/** Reads an http or https address. Fails for anything else, and for one with credentials in it. */
export const parseTarget = (url: string): Result<Target, string> => {
  const parsed = URL.parse(url)
  if (!parsed) return err('not an address')
  const { protocol, hostname, host, port, pathname, search } = parsed
  if (protocol !== 'http:' && protocol !== 'https:') return err(`no HTTP address: ${protocol}`)
  if (hostname === '') return err('an address without a host')
  if (parsed.username !== '' || parsed.password !== '') return err('an address with credentials in it')
  const tls = protocol === 'https:'
  return ok({
    origin: {
      key: `${protocol}//${host}`,
      tls,
      hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      port: port === '' ? (tls ? 443 : 80) : Number(port),
      hostHeader: host,
    },
    path: pathname + search,
  })
}
