import { environmentProxy, parseProxy, PROXY_EXPECTED } from '../upstream/http1/proxy.ts'
import type { KindFacts } from './environment.ts'
import type { Environment } from './substitute.ts'

/** What stands where an address is wrong that may hold a password. */
const HIDDEN = 'something else, which is not shown'

/** A mistake in one address: what was expected, and words for what was found which show no secret. */
export interface AddressMistake {
  readonly expected: string
  readonly found: string
}

/** What is wrong with `proxy` of a provider; `undefined`: nothing, or nothing that could be a text. */
export const proxyMistake = (value: unknown): AddressMistake | undefined => {
  if (typeof value !== 'string' || value === '' || value === 'direct') return undefined
  const read = parseProxy(value)
  return read.ok ? undefined : { expected: `${PROXY_EXPECTED}, or \`direct\``, found: read.error }
}

/**
 * What is wrong with `base_url` of a provider beyond its scheme: paths are put behind it, so it ends where the path does,
 * and credentials belong into `keys`.
 */
export const baseUrlMistake = (value: unknown): AddressMistake | undefined => {
  if (typeof value !== 'string') return undefined
  const expected = 'an address without credentials, query or fragment'
  const url = URL.parse(value)
  if (!url) return value.includes('@') ? { expected, found: HIDDEN } : undefined
  if (url.username !== '' || url.password !== '') return { expected, found: 'one with credentials in it' }
  return /[?#]/.test(value) ? { expected, found: 'one with a query or a fragment' } : undefined
}

interface Reached {
  readonly kind: string
  readonly baseUrl: string | null
  readonly proxy: string | null
}

/** For each provider that the environment sends through a proxy which cannot be used, a sentence. */
export const proxyWarnings = (
  providers: ReadonlyMap<string, Reached>,
  kinds: readonly KindFacts[],
  environment: Environment,
): string[] =>
  [...providers].flatMap(([id, { kind, baseUrl, proxy }]) => {
    const facts = kinds.find((one) => one.kind === kind)
    const address = baseUrl ?? facts?.baseUrl
    if (proxy !== null || facts?.inProcess || address === undefined) return []
    const named = environmentProxy(address, environment)
    return named.ok
      ? []
      : [`providers.${id} cannot be reached: ${named.error}. Set \`proxy\` of it to \`direct\` to go without.`]
  })
