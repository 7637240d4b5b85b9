import type { Operation, WireFormat } from '../canon/operation.ts'
import type { Protocol } from '../canon/protocol.ts'
import type { Call } from '../gateway/call.ts'
import { speaksOver, type Wanted } from '../gateway/pass-through/sockets/candidates.ts'
import type { Channel } from '../routing/types.ts'
import type { Endpoint } from './endpoint.ts'
import { providerNames } from './pass-through.ts'

export interface SocketEndpointDeps {
  readonly openSession: (call: Call, wanted: Wanted) => Promise<Response>
  readonly channels: readonly Channel[]
  readonly protocols: Readonly<Record<WireFormat, Protocol>>
}

/** The prefixes that name a format and nobody who speaks it. */
const FORMAT = /^(?:\/v1|\/openai\/v1|\/v1\/openai|\/api\/proxy\/v1)\/(realtime|responses)$/
const PROVIDER = /^\/v1\/([^/]+)\/(realtime|responses)$/

/** `GET` with an upgrade on `/v1/realtime`, `/v1/responses`, and the same of one provider. */
export const createSocketEndpoint = ({ openSession, channels, protocols }: SocketEndpointDeps): Endpoint => {
  const names = providerNames(channels)
  return (call, path) => {
    const wanted = wantedBy(path, names)
    if (!wanted || call.request.method !== 'GET' || !call.upgrade) return undefined
    if (!channels.some((channel) => speaksOver(channel, wanted.kind))) return undefined
    const operation: Operation = {
      format: 'openai-responses',
      action: wanted.kind === 'realtime' ? 'pass-through' : 'generate',
    }
    return openSession({ ...call, operation, protocol: protocols[operation.format] }, wanted)
  }
}

const wantedBy = (path: string, names: ReadonlySet<string>): Wanted | undefined => {
  const [, format] = FORMAT.exec(path) ?? []
  if (format === 'realtime' || format === 'responses') return { kind: format, provider: undefined }
  const [, provider = '', kind] = PROVIDER.exec(path) ?? []
  return names.has(provider) && (kind === 'realtime' || kind === 'responses') ? { kind, provider } : undefined
}
