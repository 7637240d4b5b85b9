import type { Envelope } from '../../../canon/envelope.ts'
import { fault, type GatewayError } from '../../../errors.ts'
import { err, ok, type Result } from '../../../result.ts'
import type { Candidate } from '../../../routing/types.ts'
import type { Turn, Turns } from './turns.ts'

/** Money for a response that has not begun. `asked`: the client has asked for it; else sound may bring it about. */
interface Pledge {
  readonly turn: Turn
  asked: boolean
  eventId: string | null
}

export interface PledgeOptions {
  readonly turns: Turns
  readonly candidate: Candidate
  /** How long money stays set aside for a response that has not begun. */
  readonly pledgeMs: number
  readonly nowMs: () => number
}

/** More than any client has use for. */
const PLEDGES_MAX = 8
const TOO_MANY = fault('rate-limit-exceeded', `At most ${PLEDGES_MAX} responses may wait to begin. Wait for one to.`)

/** The responses that may begin, each with its money set aside. */
export class Pledges {
  readonly #options: PledgeOptions
  readonly #waiting: Pledge[] = []

  constructor(options: PledgeOptions) {
    this.#options = options
  }

  /** The client asks for a response. What was set aside for sound serves as well. */
  async ask(envelope: () => Envelope, eventId: string | null): Promise<Result<undefined, GatewayError>> {
    const standing = await this.#standing()
    if (!standing) return this.#open(envelope(), true, eventId)
    standing.asked = true
    standing.eventId = eventId
    return ok(undefined)
  }

  /** Sound may bring about a response by itself. */
  async hear(envelope: () => Envelope): Promise<Result<undefined, GatewayError>> {
    return (await this.#standing()) ? ok(undefined) : this.#open(envelope(), false, null)
  }

  /** A response has begun: first one that was asked for. `undefined`: none was to be expected. */
  take(): Turn | undefined {
    const pledge = this.#waiting.find(({ asked }) => asked) ?? this.#waiting[0]
    return pledge && this.#remove(pledge).turn
  }

  /** The upstream has refused an event. Where it does not say which, the money is there for the next. */
  async refused(eventId: unknown): Promise<void> {
    const pledge = this.#waiting.find((each) => each.asked && each.eventId !== null && each.eventId === eventId)
    if (pledge) return this.#remove(pledge).turn.close('failed')
    for (const each of this.#waiting) if (each.eventId === null) each.asked = false
  }

  /** Gives all of it back. */
  async over(): Promise<void> {
    await Promise.all(this.#waiting.splice(0).map(({ turn }) => turn.close('client_cut')))
  }

  async #open(envelope: Envelope, asked: boolean, eventId: string | null): Promise<Result<undefined, GatewayError>> {
    if (this.#waiting.length >= PLEDGES_MAX) return err(TOO_MANY)
    const turn = await this.#options.turns.open(envelope, this.#options.candidate)
    if (!turn.ok) return turn
    this.#waiting.push({ turn: turn.value, asked, eventId })
    return ok(undefined)
  }

  /** What nobody has asked for. Money that was set aside too long ago to count on is given back. */
  async #standing(): Promise<Pledge | undefined> {
    for (const pledge of this.#waiting.filter(({ asked }) => !asked)) {
      if (this.#options.nowMs() - pledge.turn.openedAtMs < this.#options.pledgeMs) return pledge
      await this.#remove(pledge).turn.close('client_cut')
    }
    return undefined
  }

  #remove(pledge: Pledge): Pledge {
    this.#waiting.splice(this.#waiting.indexOf(pledge), 1)
    return pledge
  }
}
