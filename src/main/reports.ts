import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import type { GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'

/** What the data plane tells the log. No key is in any of it, and no body unless the operator asked for bodies. */
export interface Reports {
  /** A request was refused or failed. */
  readonly note: (call: Call, error: GatewayError) => void
  readonly noteBody: ((call: Call, body: Uint8Array) => void) | undefined
  /** An answer that its client may ask for later was not kept. */
  readonly onLost: (call: Call, reason: string) => void
  /** An invariant broke. */
  readonly onDefect: (call: Call, error: unknown) => void
}

export const createReports = (config: Config, log: Logger): Reports => ({
  note: (call, { kind, internal, message }) => log.info({ requestId: call.id, kind, internal }, message),
  noteBody: config.log.bodies
    ? (call, body) => log.info({ requestId: call.id, body: new TextDecoder().decode(body) }, 'request body')
    : undefined,
  onLost: (call, reason) => log.warn({ requestId: call.id, reason }, 'what the client may need later was not kept'),
  onDefect: (call, error) => log.error({ requestId: call.id, err: error }, 'a request failed for a defect of ours'),
})
