import type { Envelope } from '../canon/envelope.ts'
import { type Affinity, type Home, nearness } from './affinity.ts'
import type { Asking } from './choose.ts'
import { conversationOf } from './conversation.ts'
import type { Health } from './health.ts'
import type { Load } from './load.ts'
import { rank, type Strategy, type Suits } from './strategies.ts'
import type { Turns } from './turns.ts'
import type { Candidate, ProviderKey } from './types.ts'
import { createWalk, type Walk, type WalkDeps } from './walk.ts'

export interface RouterDeps {
  readonly strategyOf: (group: string) => Strategy
  readonly health: Health
  readonly load: Load
  readonly affinity: Affinity
  readonly turns: Turns
  readonly costOf: (candidate: Candidate) => bigint | undefined
  readonly random: () => number
}

/** Decides where requests go: the order of candidates, and of the keys of each. */
export interface Router {
  rank(candidates: readonly Candidate[], asking: Asking): readonly Candidate[]
  /** The ways a request goes, given the candidates that were ranked for it. */
  walk(candidates: readonly Candidate[], envelope: Envelope): Walk
  /** The same without a trace: nobody's turn is taken, and nobody is tried. */
  look(candidates: readonly Candidate[], envelope: Envelope): Look
  /** A route answered: its conversation stays there, where the group wants that. */
  answered(envelope: Envelope, candidate: Candidate, key: ProviderKey): void
}

/** What would be done with candidates that were ranked for a request. */
export interface Look {
  readonly walk: Walk
  readonly keysOf: (candidate: Candidate) => readonly ProviderKey[]
  /** Who answered its conversation last; `undefined`: nobody knows, or it matters to nobody. */
  readonly home: Home | undefined
}

/** Remembers between the three steps of a request which conversation it belongs to. */
export const createRouter = (deps: RouterDeps): Router => {
  const conversations = new WeakMap<Envelope, string>()
  return {
    rank(candidates, asking) {
      const strategy = deps.strategyOf(asking.group)
      const isTold = strategy === 'cache_affinity' && hasChoice(candidates)
      const conversation = isTold ? identify(conversations, asking) : undefined
      return rank(candidates, strategy, {
        ...deps,
        stream: asking.envelope.stream,
        affinityOf: conversation === undefined ? undefined : (candidate) => suits(deps, conversation, candidate),
      })
    },
    walk: (candidates, envelope) =>
      createWalk({ health: deps.health, keysOf: keysFor(deps, conversations.get(envelope), false) }, candidates),
    look(candidates, envelope) {
      const conversation = conversations.get(envelope)
      const keysOf = keysFor(deps, conversation, true)
      const home = conversation === undefined ? undefined : deps.affinity.homeOf(conversation)
      return { walk: createWalk({ health: lookingAt(deps.health), keysOf }, candidates), keysOf, home }
    },
    answered(envelope, { channel }, key) {
      const conversation = conversations.get(envelope)
      if (conversation !== undefined) deps.affinity.answered(conversation, { channel: channel.id, key: key.id })
    },
  }
}

/** The keys of a candidate's provider in the order in which they are taken. */
const keysFor =
  ({ turns, affinity }: RouterDeps, conversation: string | undefined, looking: boolean) =>
  ({ channel: { id, provider } }: Candidate): readonly ProviderKey[] =>
    conversation === undefined || provider.keys.length < 2
      ? turns(provider, looking)
      : nearestFirst(provider.keys, conversation, id, affinity)

/** Health as it is, which nothing is noted of. */
const lookingAt = (health: Health): WalkDeps['health'] => ({
  untroubled: health.untroubled,
  standingOf: (subject) => health.standingOf(subject),
  blockOf: (subject) => health.blockOf(subject),
  probe: () => undefined,
})

/** Whether there is anything to choose from: reading a long conversation takes time. */
const hasChoice = (candidates: readonly Candidate[]): boolean =>
  candidates.length > 1 || candidates.some(({ channel }) => channel.provider.keys.length > 1)

const identify = (known: WeakMap<Envelope, string>, { envelope, headers, scope }: Asking): string | undefined => {
  const conversation = known.get(envelope) ?? conversationOf(headers, envelope, scope)
  if (conversation !== undefined) known.set(envelope, conversation)
  return conversation
}

/** Nearness is at most one: whoever answered last comes before everybody else. */
const AT_HOME = 2

const suits = ({ affinity }: RouterDeps, conversation: string, { channel }: Candidate): Suits => {
  const isHome = affinity.homeOf(conversation)?.channel === channel.id
  return isHome
    ? { score: AT_HOME, why: 'cache_affinity: answered last' }
    : { score: nearness(conversation, channel.id, channel.weight), why: 'cache_affinity: nearest' }
}

const nearestFirst = (
  keys: readonly ProviderKey[],
  conversation: string,
  channel: string,
  affinity: Affinity,
): readonly ProviderKey[] => {
  const home = affinity.homeOf(conversation)
  const score = ({ id, weight }: ProviderKey): number =>
    home?.channel === channel && home.key === id ? AT_HOME : nearness(conversation, `${channel}/${id}`, weight)
  return keys
    .map((key) => ({ key, score: score(key) }))
    .sort((a, b) => b.score - a.score)
    .map(({ key }) => key)
}
