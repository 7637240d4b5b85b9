import type { Provider, ProviderKey } from './types.ts'

/**
 * Whose turn it is among a provider's keys: each comes as often as its weight says, evenly spread. `looking`: the turn is
 * not taken.
 */
export type Turns = (provider: Provider, looking?: boolean) => readonly ProviderKey[]

/**
 * Smooth weighted round robin, as nginx's upstreams have it: of weights 5, 1, 1 the turns are a a b a c a a. The key
 * whose turn it is comes first, the others after it by how near their turns are.
 */
export const createTurns = (): Turns => {
  const credits = new WeakMap<Provider, Map<string, number>>()
  return (provider, looking = false) => {
    const { keys } = provider
    if (keys.length < 2) return keys
    const known = credits.get(provider) ?? new Map<string, number>()
    const credit = looking ? new Map(known) : known
    if (!looking) credits.set(provider, credit)
    let total = 0
    for (const { id, weight } of keys) {
      total += weight
      credit.set(id, (credit.get(id) ?? 0) + weight)
    }
    const ordered = [...keys].sort((a, b) => (credit.get(b.id) ?? 0) - (credit.get(a.id) ?? 0))
    const [first] = ordered
    if (first) credit.set(first.id, (credit.get(first.id) ?? 0) - total)
    return ordered
  }
}
