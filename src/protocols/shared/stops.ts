import type { Settings, Sourced } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'

/** What is looked for in every piece of an answer has to be little. */
const EMULATED_MAX = 64
const EMULATED_LENGTH_MAX = 1_000

/** The stop sequences that a model is sent. Where it takes fewer than were asked for, its answer is cut at all of them. */
export const stopsToSend = (
  { value, pointer }: Sourced<readonly string[]>,
  { stopMax }: Profile,
  losses: Losses,
): readonly string[] => {
  if (value.length <= stopMax) return value
  losses.declare(pointer, 'emulated')
  if (value.length > EMULATED_MAX || value.some((text) => text.length > EMULATED_LENGTH_MAX)) {
    const message = `This model takes at most ${stopMax} stop sequences. More are looked for in its answer, but not more than ${EMULATED_MAX}, each of at most ${EMULATED_LENGTH_MAX} characters.`
    losses.refuse(pointer, message)
  }
  return value.slice(0, stopMax)
}

/** The stop sequences that have to be looked for in the answer. A token that one begins within is told of by nobody. */
export const stopsToMeet = (
  { stop, logprobs }: Settings,
  { stopMax }: Profile,
  losses: Losses,
): { readonly stops?: readonly string[] } => {
  if (!stop || stop.value.length <= stopMax) return {}
  if (logprobs) losses.declare(logprobs.pointer, 'approximated')
  return { stops: stop.value }
}
