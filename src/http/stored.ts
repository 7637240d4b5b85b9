import type { WireFormat } from '../canon/operation.ts'
import type { Protocol } from '../canon/protocol.ts'
import type { StoreApi } from '../db/types.ts'
import { fault } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import type { Channel } from '../routing/types.ts'
import { answerBatches, type BatchesDeps } from './batches.ts'
import type { Endpoint } from './endpoint.ts'
import { answerFiles, type FilesDeps } from './files.ts'
import { readStoredPath, type StoredPath } from './stored-paths.ts'

export interface StoredDeps extends FilesDeps, BatchesDeps {
  readonly batches: BatchesDeps['batches']
  readonly watch: BatchesDeps['watch']
  readonly channels: readonly Channel[]
  readonly protocols: Readonly<Record<WireFormat, Protocol>>
}

/** The format that each API's errors are told in. */
const FORMATS: Readonly<Record<StoreApi, WireFormat>> = { openai: 'openai-chat', anthropic: 'anthropic-messages' }

/** Files and batches at providers: each key has those of its project, or of its user where there is none. */
export const createStoredEndpoint = (deps: StoredDeps): Endpoint => {
  const apiOf = (name: string, of: StoredPath['of']): StoreApi | undefined =>
    deps.channels.find(({ provider: { id, kind } }) => (id === name || kind.kind === name) && kind.supports?.[of])
      ?.provider.kind.supports?.[of]
  const answer = async (asked: Call, path: StoredPath): Promise<Response> => {
    const format = FORMATS[path.api]
    const call: Call = { ...asked, operation: { format, action: 'generate' }, protocol: deps.protocols[format] }
    const entered = await deps.enter(call, 'generate')
    if (!entered.ok) return entered.error
    const act = path.of === 'files' ? answerFiles : answerBatches
    return (await act(deps, call, entered.value, path)) ?? deps.refuse(call, METHOD)
  }
  return (call, path) => {
    const found = readStoredPath(path, call.request.headers, apiOf)
    return found && answer(call, found)
  }
}

const METHOD = fault('method-not-allowed', 'That is not done with files or batches. The paths are at /docs/api.')
