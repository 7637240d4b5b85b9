import { createHash } from 'node:crypto'
import type { Prices } from '../canon/price.ts'
import { type Heading, writeHeading } from '../db/receipt-json.ts'
import { BoundedMap } from './bounded-map.ts'

/** A heading as it is stored. */
export interface StoredHeading {
  /** As it was asked for last. */
  heading: Heading
  readonly id: string
  readonly body: string
  readonly modelRequested: string
  readonly modelServed: string
  /** It is on disk: nothing needs to write it again. */
  isStored: boolean
}

const ID_CHARACTERS = 20

/** Finds the one stored form of headings that say the same: the same object, for as long as it is remembered. */
export class Headings {
  readonly #entriesMax: number
  /** Prices are objects of the catalogue, one a version, so that who compares them need not write them out. */
  readonly #byPrices = new WeakMap<Prices, BoundedMap<string, StoredHeading>>()

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  /** `guess`: the one it may well be, which is compared first. */
  find(heading: Heading, guess: StoredHeading | undefined): StoredHeading {
    if (guess && isSame(guess.heading, heading)) return guess
    const sharing = this.#sharing(heading.prices)
    const words = wordsOf(heading)
    const known = sharing.get(words)
    if (known) {
      known.heading = heading
      return known
    }
    const { modelRequested, modelServed } = heading
    const body = writeHeading(heading)
    const stored = { heading, id: idOf(body), body, modelRequested, modelServed, isStored: false }
    sharing.set(words, stored)
    return stored
  }

  #sharing(prices: Prices): BoundedMap<string, StoredHeading> {
    const known = this.#byPrices.get(prices)
    if (known) return known
    const fresh = new BoundedMap<string, StoredHeading>(this.#entriesMax)
    this.#byPrices.set(prices, fresh)
    return fresh
  }
}

/** Whether two say the same, as far as a glance shows: what is only equal, and not the same, counts as different. */
const isSame = (one: Heading, other: Heading): boolean =>
  one.prices === other.prices &&
  one.serviceTier === other.serviceTier &&
  one.multipliers === other.multipliers &&
  one.modelRequested === other.modelRequested &&
  one.modelServed === other.modelServed &&
  one.channel === other.channel &&
  one.provider === other.provider &&
  one.providerKey === other.providerKey &&
  one.providerMultiplier === other.providerMultiplier &&
  one.stream === other.stream &&
  one.action === other.action &&
  one.clientFormat === other.clientFormat &&
  one.upstreamFormat === other.upstreamFormat &&
  one.group === other.group &&
  one.projectId === other.projectId

/** Everything a heading says but the prices; a separator that stands in no name keeps two headings apart. */
const wordsOf = (heading: Heading): string => {
  const { user, model, group, planDiscount } = heading.multipliers
  const who = `${heading.projectId === null ? 0 : `1${heading.projectId}`}\0${heading.group}\0${heading.channel}`
  const what = `${heading.modelRequested}\0${heading.modelServed}\0${heading.provider}\0${heading.action}`
  const how = `${heading.clientFormat}\0${heading.upstreamFormat}\0${heading.stream ? 1 : 0}\0${heading.serviceTier ?? ''}`
  const bill = `${heading.providerKey ?? ''}\0${heading.providerMultiplier ?? ''}`
  return `${who}\0${what}\0${how}\0${bill}\0${user}\0${model}\0${group}\0${planDiscount}`
}

/** By what it says, so that any process finds the same id for the same heading. */
const idOf = (body: string): string => createHash('sha256').update(body).digest('base64url').slice(0, ID_CHARACTERS)
