import type { AccountsConfig } from './types.ts'

export type Place = AccountsConfig['oidc'][number]

/** Where a provider of OpenID Connect says what it is (OpenID Connect Discovery 1.0, section 4). */
export const discoveryUrl = ({ issuer }: Pick<Place, 'issuer'>): string => `${issuer}/.well-known/openid-configuration`

const TIMEOUT_MS = 4_000

/**
 * Those places that say now what they are. One that is away must keep nobody waiting who signs in with a password: the
 * sign-in library asks without a limit, and is told of no other.
 */
export const reachable = async (places: readonly Place[]): Promise<readonly Place[]> => {
  const asked = await Promise.all(places.map(async (place) => ((await answers(place)) ? [place] : [])))
  return asked.flat()
}

const answers = async (place: Place): Promise<boolean> => {
  try {
    const answer = await fetch(discoveryUrl(place), { signal: AbortSignal.timeout(TIMEOUT_MS) })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}
