import { fault, type GatewayError } from '../errors.ts'

/**
 * Where no key is asked for, a web page could spend the operator's money: any page a developer visits can send a form to
 * loopback, and one that makes its own name point to 127.0.0.1 can read the answer too. Both give themselves away: the
 * browser names the page's origin, and the name the page used stands in `Host`. Programs send neither a foreign one.
 */
export const foreignPage = (headers: Headers, publicUrl: string | null): GatewayError | undefined => {
  const own = publicUrl === null ? undefined : hostOf(publicUrl)
  const isOwn = (host: string | undefined): boolean => host !== undefined && (LOOPBACK.test(host) || host === own)
  const host = headers.get('host')
  if (host !== null && !isOwn(hostOf(`http://${host}`)))
    return refusal(`The name ${quoted(host)} is not this gateway's.`)
  const origin = headers.get('origin')
  if (origin !== null && !isOwn(hostOf(origin))) return refusal(`Pages of ${quoted(origin)} may not use this gateway.`)
  if (headers.get('sec-fetch-site') === 'cross-site') return refusal('Pages of other sites may not use this gateway.')
  return undefined
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const refusal = (what: string): GatewayError =>
  fault(
    'origin-not-allowed',
    `${what} In local mode only programs on this machine are answered: call it as http://127.0.0.1, or set public_url to the name you use.`,
  )

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).hostname : undefined)

const quoted = (text: string): string => JSON.stringify(text.slice(0, 100))
