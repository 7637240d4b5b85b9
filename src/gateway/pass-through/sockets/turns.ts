import type { Envelope } from '../../../canon/envelope.ts'
import type { Observation } from '../../../canon/protocol.ts'
import type { Ended } from '../../../canon/receipt.ts'
import { NO_USAGE, type Usage } from '../../../canon/usage.ts'
import { fault, type GatewayError } from '../../../errors.ts'
import type { Principal } from '../../../keys/types.ts'
import { inputTokensTypical } from '../../../metering/estimate.ts'
import type { JsonObject } from '../../../protocols/json.ts'
import { storableUsage } from '../../../protocols/raw-usage.ts'
import { warningsOf } from '../../../translation/request.ts'
import { err, ok, type Result } from '../../../result.ts'
import type { Candidate } from '../../../routing/types.ts'
import type { Route } from '../../../routing/walk.ts'
import { tokens } from '../../../units.ts'
import { noteOf } from '../../ask.ts'
import type { Admitted, Call } from '../../call.ts'
import type { Deps } from '../../handle.ts'
import type { Occupy } from '../../occupy.ts'
import { readAnyUsage } from '../usage.ts'

export interface TurnDeps {
  readonly admit: Deps['admit']
  readonly occupy: Occupy
  readonly deliveredBytesMax: number
  readonly nowMs: () => number
}

/** One response of a session: a request of its own as far as money and limits go, with a receipt of its own. */
export interface Turn {
  readonly openedAtMs: number
  /** Something of it has been passed on to the client. */
  delivered(text: string): void
  /** Sound has been passed on, or was taken in for it, in bytes. */
  sounded(outputBytes: number, inputBytes: number): void
  /** Settles it, once. `raw`: the usage that its vendor reports. */
  close(ended: Ended, raw?: JsonObject): Promise<void>
}

/** Opens turns of one session, one after the other. */
export interface Turns {
  /** Counts one against the limits and sets its money aside; it may be sent once this has resolved. */
  open(envelope: Envelope, candidate: Candidate): Promise<Result<Turn, GatewayError>>
}

const STATUS_OK = 200
const STATUS_LEFT = 499

/** `call`: the session's. Its turns are called by its id and their number. */
export const createTurns = (deps: TurnDeps, call: Call, principal: Principal, route: Route): Turns => {
  let opened = 0
  return {
    async open(envelope, candidate) {
      opened += 1
      const own: Call = { ...call, id: `${call.id}-${opened}`, startedAtMs: deps.nowMs() }
      const admitted = await deps.admit(own, principal, envelope, [candidate])
      if (!admitted.ok) return err(admitted.error.error)
      admitted.value.tab.warnings.push(...warningsOf(envelope.lost ?? []))
      const { rule } = envelope.directed ?? {}
      const why = rule === undefined ? route.why : `rule ${rule}; ${route.why}`
      const turn = turnOf(deps, own, admitted.value, { ...route, candidate, why })
      const durable = await admitted.value.tab.hold.durable
      const occupied = durable.ok ? await deps.occupy(own, { ...route, candidate }, admitted.value) : undefined
      if (!durable.ok || (occupied && 'busyMs' in occupied)) {
        await turn.close('failed')
        return err(durable.ok ? BUSY : durable.error)
      }
      admitted.value.tab.occupied = occupied
      admitted.value.tab.providerKey = route.key.id
      return ok(turn)
    },
  }
}

const BUSY = fault('rate-limit-exceeded', "The provider's key is at its limit. Try again in a moment.", {
  retryAfterMs: 2_000,
})

/** Sound at 24,000 samples a second of two bytes, which is what is sent unless another is asked for: 20 tokens a second. */
const OUTPUT_BYTES_PER_TOKEN = 2_400
/** What is taken in makes 10 tokens a second. */
const INPUT_BYTES_PER_TOKEN = 4_800

const turnOf = (deps: TurnDeps, call: Call, { tab, envelope }: Admitted, route: Route): Turn => {
  let text = ''
  let [outputBytes, inputBytes] = [0, 0]
  let hasContent = false
  let ttftMs: number | null = null
  let closed: Promise<unknown> | undefined
  tab.sentAtMs = deps.nowMs()

  /** What sound comes to where nobody said it. */
  const reckoned = (): Usage | undefined => {
    if (outputBytes === 0 && inputBytes === 0) return undefined
    return {
      ...NO_USAGE,
      input: tokens(inputTokensTypical(envelope.scan)),
      inputAudio: tokens(Math.ceil(inputBytes / INPUT_BYTES_PER_TOKEN)),
      outputAudio: tokens(Math.ceil(outputBytes / OUTPUT_BYTES_PER_TOKEN)),
    }
  }
  const observe = (raw: JsonObject | undefined): Observation => {
    const told = raw && readAnyUsage(raw)
    return {
      usage: told ?? reckoned(),
      rawUsage: raw === undefined ? undefined : storableUsage(raw),
      terminal: told !== undefined,
      contentSeen: hasContent || told !== undefined,
      error: undefined,
    }
  }
  const begun = (): void => {
    hasContent = true
    ttftMs ??= Math.round(deps.nowMs() - call.startedAtMs)
  }
  return {
    openedAtMs: call.startedAtMs,
    delivered(more) {
      begun()
      if (text.length < deps.deliveredBytesMax) text += more
    },
    sounded(output, input) {
      if (output > 0) begun()
      outputBytes += output
      inputBytes += input
    },
    async close(ended, raw) {
      if (!closed) {
        const observation = observe(raw)
        const left = ended === 'client_cut' && !observation.contentSeen
        const ms = Math.round(deps.nowMs() - call.startedAtMs)
        tab.attempts.push(noteOf(route, STATUS_OK, ended === 'whole' || left ? null : ended, ms, 0))
        closed = tab.close({
          candidate: route.candidate,
          ended,
          status: left ? STATUS_LEFT : STATUS_OK,
          observation,
          delivered: () => text,
          ttftMs,
        })
      }
      // A tab that cannot be closed has given its hold back, and was told of by its opener.
      await closed.catch(() => undefined)
    },
  }
}
