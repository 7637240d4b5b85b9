import { fault, type GatewayError } from '../errors.ts'
import type { Candidate } from '../routing/types.ts'
import type { TokenFault } from '../upstream/google-tokens.ts'
import type { TimeoutKind, Timeouts, UpstreamFault } from '../upstream/types.ts'

/** Why an upstream gave no answer: the connection's fault, or that no token for it was to be had. */
export type Unanswered = UpstreamFault | TokenFault

/** What a client is told where there is no answer. Without a token nothing was sent. */
export const unanswered = (failed: Unanswered, candidate: Candidate): GatewayError => {
  if (failed.kind !== 'no-token') return failureOf(failed, candidate)
  const { id } = candidate.channel.provider
  const internal = failed.detail
  if (failed.isRefused) return fault('upstream-refused', accountMessage(id), { internal })
  const message = `Provider ${id} could not be reached: the service that lets the gateway in does not answer. Nothing was charged; try again.`
  return fault('upstream-failed', message, { internal })
}

const accountMessage = (id: string): string =>
  `Provider ${id} refused the gateway's own credentials or account. Nothing was charged. Your key is fine: tell the operator, or choose another model.`

/** Nobody is left to be told; the receipt is. */
export const clientLeft = (internal?: string): GatewayError =>
  fault('client-closed', 'The client hung up before the answer began.', internal === undefined ? {} : { internal })

/** What a client is told of a fault: never a host, an address or a key. */
export const failureOf = (failed: UpstreamFault, candidate: Candidate): GatewayError => {
  const { id } = candidate.channel.provider
  const internal = failed.detail
  if (isTimeout(failed.kind)) {
    const message = `${tooSlow(failed.kind, candidate)} Nothing was charged; try again.`
    return fault('upstream-timeout', message, { internal })
  }
  switch (failed.kind) {
    case 'aborted':
      return clientLeft(internal)
    case 'connect':
      return fault('upstream-failed', `Provider ${id} could not be reached. Nothing was charged; try again.`, {
        internal,
      })
    case 'too-large': {
      const message = `Provider ${id} sent an answer larger than this gateway takes. Nothing was charged; ask for less, or stream it.`
      return fault('upstream-unreadable', message, { internal })
    }
    case 'unreadable':
      return fault('upstream-unreadable', `Provider ${id} sent what is not readable. Nothing was charged; try again.`, {
        internal,
      })
    case 'reset':
      return fault('upstream-failed', `Provider ${id} broke off the connection. Nothing was charged; try again.`, {
        internal,
      })
  }
}

/** What the client of a stream is told that breaks off after content. */
export const failureDuring = (failed: UpstreamFault | undefined, candidate: Candidate): GatewayError => {
  const { id } = candidate.channel.provider
  const internal = failed ? { internal: failed.detail } : {}
  if (failed && isTimeout(failed.kind)) {
    const message = `${tooSlow(failed.kind, candidate)} Only what was delivered is charged; try again.`
    return fault('upstream-timeout', message, internal)
  }
  const message = `Provider ${id} ended the stream before the answer was complete. Only what was delivered is charged; try again.`
  return fault('stream-broken', message, internal)
}

/** For each time-out what was waited for in vain, the time there was, and its name in the configuration. */
const TIMEOUTS: Readonly<Record<TimeoutKind, readonly [said: string, time: keyof Timeouts, name: string]>> = {
  'timeout-connect': ['could not be connected to within', 'connectMs', 'timeouts.connect'],
  'timeout-first-byte': ['did not begin to answer within', 'firstByteMs', 'timeouts.first_byte'],
  'timeout-idle': ['sent nothing for', 'idleMs', 'timeouts.idle'],
  'timeout-total': ['took longer than', 'totalMs', 'timeouts.total'],
}

const isTimeout = (kind: UpstreamFault['kind']): kind is TimeoutKind => kind in TIMEOUTS

const tooSlow = (kind: TimeoutKind, { channel }: Candidate): string => {
  const [said, time, name] = TIMEOUTS[kind]
  const { id, timeouts } = channel.provider
  return `Provider ${id} ${said} ${timeouts[time] / 1_000} s (${name}).`
}
