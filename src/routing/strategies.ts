import type { Load } from './load.ts'
import type { Candidate } from './types.ts'

/** How channels of one priority are ordered. */
export type Strategy = 'weighted' | 'least_busy' | 'lowest_latency' | 'lowest_cost' | 'cache_affinity'

export interface RankFacts {
  readonly load: Load
  /** Whether a stream is asked for. */
  readonly stream: boolean
  /** A number in [0, 1), for drawing by weight. */
  readonly random: () => number
  /** What the request would cost its provider there at most; `undefined`: unknown. */
  readonly costOf: (candidate: Candidate) => bigint | undefined
  /** How well a channel suits the conversation that the request belongs to; higher is better. */
  readonly affinityOf: ((candidate: Candidate) => Suits) | undefined
}

/** How well a candidate suits. */
export interface Suits {
  readonly score: number
  readonly why: string
}

/** Higher is better: first by priority, then by the strategy's score, then by a draw by weight. */
interface Scored {
  readonly candidate: Candidate
  readonly score: number
  readonly draw: number
}

/**
 * Orders candidates, best first. Priorities stand above every strategy; where a strategy knows no difference, each place
 * is drawn with a chance proportional to weight.
 */
export const rank = (candidates: readonly Candidate[], strategy: Strategy, facts: RankFacts): readonly Candidate[] => {
  if (candidates.length === 1) return candidates
  const scored = candidates.map((candidate): Scored => {
    const { score, why } = SCORES[strategy](candidate, facts)
    return { candidate: { ...candidate, why }, score, draw: drawn(candidate.channel.weight, facts.random) }
  })
  return scored
    .sort((a, b) => b.candidate.channel.priority - a.candidate.channel.priority || b.score - a.score || b.draw - a.draw)
    .map(({ candidate }) => candidate)
}

// Efraimidis and Spirakis: sorting by u^(1/w) is a weighted draw without replacement.
const drawn = (weight: number, random: () => number): number => (weight > 0 ? random() ** (1 / weight) : -1)

type Score = (candidate: Candidate, facts: RankFacts) => Suits

const EQUAL = 0

const SCORES: Readonly<Record<Strategy, Score>> = {
  weighted: ({ channel }) => ({ score: EQUAL, why: `weighted ${channel.weight}` }),
  least_busy: ({ channel }, { load }) => {
    const underWay = load.underWay(channel.id)
    return { score: -underWay / channel.weight, why: `least_busy ${underWay}` }
  },
  // Nothing but a request makes a channel known, and one request is enough: while it is under way, others go elsewhere.
  lowest_latency: ({ channel }, { load, stream }) => {
    const ms = load.latencyMs(channel.id, stream)
    if (ms !== undefined) return { score: -Math.max(1, ms), why: `lowest_latency ${Math.round(ms)} ms` }
    const score = load.underWay(channel.id) === 0 ? 0 : Number.NEGATIVE_INFINITY
    return { score, why: 'lowest_latency unknown' }
  },
  lowest_cost: (candidate, { costOf }) => {
    const cost = costOf(candidate)
    return cost === undefined
      ? { score: Number.NEGATIVE_INFINITY, why: 'lowest_cost unknown' }
      : { score: -Number(cost), why: `lowest_cost ${cost} nano-USD` }
  },
  cache_affinity: (candidate, { affinityOf }) =>
    affinityOf?.(candidate) ?? { score: EQUAL, why: `weighted ${candidate.channel.weight}` },
}
