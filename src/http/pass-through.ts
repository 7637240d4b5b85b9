import type { Operation, WireFormat } from '../canon/operation.ts'
import { WIRE_FORMATS } from '../canon/operation.ts'
import type { Protocol } from '../canon/protocol.ts'
import type { Call } from '../gateway/call.ts'
import type { Place } from '../gateway/pass-through/handle.ts'
import type { Channel } from '../routing/types.ts'
import type { Endpoint } from './endpoint.ts'
import { matchOperation } from './match.ts'

/** `/v1/<provider>/<endpoint…>`: what stands behind the provider is its own business. */
const PLACE = /^\/v1\/([^/]+)\/(.*)$/s

export interface PassThroughDeps {
  readonly passThrough: (call: Call, place: Place) => Promise<Response>
  readonly channels: readonly Channel[]
  readonly protocols: Readonly<Record<WireFormat, Protocol>>
}

/** Every name that leads to a provider: ids and kinds. */
export const providerNames = (channels: readonly Channel[]): ReadonlySet<string> =>
  new Set(channels.flatMap(({ provider }) => [provider.id, provider.kind.kind]))

/**
 * What a path under a provider's name asks for, where Tollgate serves it itself: the same as without the name, of that
 * provider alone. `/v1/deepseek/chat/completions`, `/v1/claude-main/v1/messages`.
 */
export const createUnderProvider = (channels: readonly Channel[]): ((path: string) => Operation | undefined) => {
  const names = providerNames(channels)
  return (path) => {
    const [, provider = '', rest = ''] = PLACE.exec(path) ?? []
    if (!names.has(provider)) return undefined
    const operation = matchOperation(`/v1/${rest}`) ?? matchOperation(`/${rest}`)
    return operation && { ...operation, provider }
  }
}

/** Every other endpoint of a provider's, with any method. */
export const createPassThroughEndpoint = ({ passThrough, channels, protocols }: PassThroughDeps): Endpoint => {
  const names = providerNames(channels)
  return (call, path) => {
    const [, provider = '', rest = ''] = PLACE.exec(path) ?? []
    if (!names.has(provider)) return undefined
    const format = formatOf(call, channels, provider)
    const operation: Operation = { format, action: 'pass-through' }
    return passThrough({ ...call, operation, protocol: protocols[format] }, { provider, path: rest })
  }
}

/** The format that errors are told in: the client's by its headers, else the provider's. */
const formatOf = ({ operation }: Call, channels: readonly Channel[], name: string): WireFormat => {
  const { provider } = channels.find(({ provider: { id, kind } }) => id === name || kind.kind === name) ?? {}
  const spoken = provider?.formats ?? []
  const { format } = operation
  if (spoken.includes(format)) return format
  return WIRE_FORMATS.find((known) => spoken.includes(known)) ?? format
}
