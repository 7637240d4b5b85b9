import { fault, type GatewayError } from '../errors.ts'
import type { Candidate } from '../routing/types.ts'
import type { TokenFault } from '../upstream/google-tokens.ts'
import type { UpstreamFault } from '../upstream/types.ts'

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
  switch (failed.kind) {
    case 'aborted':
      return clientLeft(internal)
    case 'timeout':
      return fault('upstream-timeout', `Provider ${id} did not answer in time. Nothing was charged; try again.`, {
        internal,
      })
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
