import { lookup as lookUp } from 'node:dns/promises'
import { type ClientRequest, request as requestPlain } from 'node:http'
import { request as requestSafe } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { err, ok, type Result } from '../result.ts'
import { hostOf, reachOf } from './address.ts'

/** An address that a name leads to. */
export interface Found {
  readonly address: string
  readonly family: number
}

export interface PostOptions {
  /** For all of it: the name's look-up, the connection, and the answer's head. */
  readonly timeoutMs: number
  /** Whether loopback and private networks may be told. */
  readonly privateAddresses: boolean
  /** All that a name leads to; the system's own when left out. */
  readonly lookUp?: ((host: string) => Promise<readonly Found[]>) | undefined
  /** Certificates of one's own that vouch for a webhook, as PEM. */
  readonly ca?: string | undefined
}

/**
 * Posts to a webhook, at the very addresses that were checked: its name is looked up once. Resolves to the status of the
 * answer, or to why there is none. Follows no redirect and goes through no proxy, which would look the name up again.
 */
export const postWebhook = async (
  text: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  options: PostOptions,
): Promise<Result<number, string>> => {
  const url = new URL(text)
  const signal = AbortSignal.timeout(options.timeoutMs)
  try {
    const found = await within(signal, addressesOf(hostOf(url), options))
    const reaches = found.map(({ address }) => reachOf(address))
    if (reaches.includes('machine')) return err('its name leads to an address that only this machine reaches')
    if (!options.privateAddresses && reaches.includes('private'))
      return err('it is in a private network, and alerts.private_addresses is false')
    return ok(await send(url, headers, body, { signal, found, ca: options.ca }))
  } catch {
    // What went wrong may name hosts and addresses; only that it went wrong is told.
    return err(signal.aborted ? 'it did not answer in time' : 'it cannot be reached')
  }
}

const addressesOf = async (host: string, options: PostOptions): Promise<readonly Found[]> => {
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family }]
  const found = await (options.lookUp ?? ((name) => lookUp(name, { all: true })))(host)
  if (found.length === 0) throw new Error('no address')
  return found
}

/** A look-up cannot be ended; it is no longer waited for. */
const within = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })

interface Way {
  readonly signal: AbortSignal
  readonly found: readonly Found[]
  readonly ca: string | undefined
}

const send = (url: URL, headers: Readonly<Record<string, string>>, body: string, way: Way): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // A connection of its own: one that is kept was checked for another message.
      agent: false as const,
      lookup: checkedOf(way.found),
      signal: way.signal,
      ...(way.ca !== undefined && { ca: way.ca }),
    }
    const request: ClientRequest = (url.protocol === 'https:' ? requestSafe : requestPlain)(url, options, (answer) => {
      resolve(answer.statusCode ?? 0)
      // What it says is not read.
      answer.destroy()
    })
    request.on('error', reject)
    request.end(body)
  })

/** Gives what was found before, whatever is asked. */
const checkedOf =
  (found: readonly Found[]): LookupFunction =>
  (_, options, callback) => {
    const [first] = found
    if (options.all) return callback(null, [...found])
    callback(null, first?.address ?? '', first?.family)
  }
