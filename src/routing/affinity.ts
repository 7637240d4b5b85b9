import { hash } from 'node:crypto'

/** Who answered a conversation last, and so holds its prompt cache. */
export interface Home {
  readonly channel: string
  readonly key: string
}

export interface Affinity {
  /** `undefined`: unknown, or so long ago that its cache is gone. */
  homeOf(conversation: string): Home | undefined
  answered(conversation: string, home: Home): void
}

export interface AffinityRules {
  readonly ttlMs: number
  readonly conversationsMax: number
  readonly nowMs: () => number
}

interface Known extends Home {
  readonly atMs: number
}

/** Remembers homes in memory. What it does not know follows from `nearness`, on every replica alike. */
export const createAffinity = ({ ttlMs, conversationsMax, nowMs }: AffinityRules): Affinity => {
  const homes = new Map<string, Known>()
  return {
    homeOf(conversation) {
      const home = homes.get(conversation)
      if (!home) return undefined
      if (nowMs() - home.atMs < ttlMs) return home
      homes.delete(conversation)
      return undefined
    },
    answered(conversation, { channel, key }) {
      // The newest last: the oldest is the first to go.
      homes.delete(conversation)
      homes.set(conversation, { channel, key, atMs: nowMs() })
      for (const oldest of homes.keys()) {
        if (homes.size <= conversationsMax) break
        homes.delete(oldest)
      }
    },
  }
}

/**
 * How near a place is to a conversation, from 0 to 1: the nearest of all is its home as long as nobody has said
 * otherwise. Weighted rendezvous hashing (Schindelhauer and Schomaker, "Weighted distributed hash tables"): replicas
 * agree without asking each other, and when a place goes away only its own conversations move.
 */
export const nearness = (conversation: string, place: string, weight: number): number => {
  const digest = hash('sha256', `${conversation}\n${place}`, 'buffer')
  const drawn = (digest.readUIntBE(0, 6) + 1) / (2 ** 48 + 1)
  return drawn ** (1 / weight)
}
