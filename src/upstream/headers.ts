import type { AuthStyle } from '../providers/types.ts'

/**
 * Client headers that stay here: credentials, the hop itself, what would tell the vendor who our client is, and vendor
 * account selectors that belong to another account than ours. Everything else passes: a vendor's next beta header must
 * work on the day it appears.
 */
const KEPT_FROM_UPSTREAM = new Set([
  ...['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'],
  ...['host', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
  ...['content-length', 'content-encoding', 'accept-encoding'],
  ...['via', 'origin', 'referer'],
  ...['openai-organization', 'openai-project', 'x-goog-user-project'],
  ...['x-request-id', 'priority', 'dnt'],
  // These would leave the usage out of an answer, or make another request of this one.
  ...['x-goog-fieldmask', 'x-http-method-override', 'x-http-method', 'x-method-override'],
])
/** Amazon's and Google's own choose another tier, or belong to a signature that is not ours. */
const KEPT_PREFIXES = [
  ...['x-tollgate-', 'sec-', 'cf-', 'access-control-', 'proxy-', 'cookie', 'x-original-', 'x-rewrite-', 'x-host'],
  ...['x-amz-', 'x-amzn-', 'x-vertex-ai-', 'x-csrf', 'x-xsrf'],
]
/** Networks each have a name of their own for whose request it is: `fly-client-ip`, `x-azure-clientip`, `remote-addr`. */
const KEPT_PATTERN = /forwarded|client-?ip|(?:^|-)(?:ip|ipv4|ipv6|addr|socketip)$|external-address/

/** What every key of Tollgate's begins with: clients put the one key they have into headers of other gateways, too. */
const TOLLGATE_KEY = 'sk-tg-'

/** Whether a value tells a key of Tollgate's. */
export const tellsTollgateKey = (value: string): boolean => value.includes(TOLLGATE_KEY)

/** Vendor headers that stay here: the hop, the operator's account and limits, and what our own answer says anew. */
const KEPT_FROM_CLIENT = new Set([
  ...['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding', 'trailer', 'upgrade'],
  ...[
    'set-cookie',
    'set-cookie2',
    // Where else to go, or to ask: an address of the vendor's, and none of ours.
    'location',
    'content-location',
    'refresh',
    // Said anew, in whole seconds and only where it means something.
    'retry-after',
    'date',
    'server',
    'via',
    'alt-svc',
    'strict-transport-security',
    'nel',
    'report-to',
    'x-request-id',
  ],
  ...['request-id', 'openai-organization', 'openai-project', 'anthropic-organization-id', 'www-authenticate', 'vary'],
])
const KEPT_ANSWER_PREFIXES = ['x-ratelimit-', 'anthropic-ratelimit-', 'cf-', 'access-control-', 'x-tollgate-', 'proxy-']

/** Names whose fate is remembered. Clients and vendors send the same few; one that makes names up fills it, no more. */
const NAMES_MAX = 1_000
const NEVER = /(?!)/

/** Whether a header is none of these. Found out once a name: the prefixes alone are a dozen comparisons a header. */
const otherThan = (
  names: ReadonlySet<string>,
  prefixes: readonly string[],
  pattern = NEVER,
): ((name: string) => boolean) => {
  const known = new Map<string, boolean>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const passes = !names.has(name) && !prefixes.some((prefix) => name.startsWith(prefix)) && !pattern.test(name)
    if (known.size < NAMES_MAX) known.set(name, passes)
    return passes
  }
}

/** Named by `connection`, besides the header itself: of this hop alone (RFC 9110 §7.6.1). */
const namedByConnection = (headers: Headers): ReadonlySet<string> => {
  const named = headers.get('connection')
  if (named === null || named === 'keep-alive' || named === 'close') return NOTHING
  return new Set(named.split(',').map((name) => name.trim().toLowerCase()))
}

const NOTHING: ReadonlySet<string> = new Set()

const goesUpstream = otherThan(KEPT_FROM_UPSTREAM, KEPT_PREFIXES, KEPT_PATTERN)
const goesToClient = otherThan(KEPT_FROM_CLIENT, KEPT_ANSWER_PREFIXES)

/**
 * The headers to send upstream: the client's own, less what stays here, with the provider's key in its vendor's place;
 * without one, no key at all.
 */
export const upstreamHeaders = (
  client: Headers,
  auth: AuthStyle,
  key: string,
  defaults: Readonly<Record<string, string>>,
): Record<string, string> => {
  const headers: Record<string, string> = {}
  const ofTheHop = namedByConnection(client)
  client.forEach((value, name) => {
    if (goesUpstream(name) && !ofTheHop.has(name) && !tellsTollgateKey(value)) headers[name] = value
  })
  for (const name in defaults) headers[name] ??= defaults[name] ?? ''
  headers['content-type'] ??= 'application/json'
  // The meter reads the answer, so it must not come compressed.
  headers['accept-encoding'] = 'identity'
  // A server that asks for no key gets no header either: an empty Bearer is a wrong one.
  if (key !== '') headers[auth.header] = auth.prefix + key
  return headers
}

/** Copies into `target` the vendor's answer headers that a client may see; none whose value tells a secret. */
export const copyAnswerHeaders = (
  upstream: Headers,
  target: Record<string, string>,
  tellsSecret: (value: string) => boolean = () => false,
): void => {
  const ofTheHop = namedByConnection(upstream)
  upstream.forEach((value, name) => {
    if (goesToClient(name) && !ofTheHop.has(name) && !tellsSecret(value)) target[name] = value
  })
}
