import { bufferOf } from '../bytes.ts'
import type { Envelope, HeldBy } from '../canon/envelope.ts'
import type { WireFormat } from '../canon/operation.ts'
import type { Scan } from '../canon/scan.ts'
import type { FileRecord, FileStore } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate, Provider } from '../routing/types.ts'
import type { Call } from './call.ts'
import type { Deps } from './handle.ts'
import { scopeOf } from './recall.ts'

/**
 * Sees to it that a request names no file that was put there for somebody else, and that it goes where its own is kept:
 * providers know the operator's account alone, and would read anybody's to anybody. A file that nobody put there through
 * this gateway is nobody's here: the provider knows whether there is one.
 */
export const withHeldFiles =
  (files: Pick<FileStore, 'findAll'>, recall: Deps['recall']): Deps['recall'] =>
  (call, principal, envelope) => {
    const recalled = recall(call, principal, envelope)
    if (!envelope.refersToStored) return recalled
    return held(files, call, principal, recalled)
  }

const held = async (
  files: Pick<FileStore, 'findAll'>,
  call: Call,
  principal: Principal,
  recalled: ReturnType<Deps['recall']>,
): Promise<Result<Envelope, GatewayError>> => {
  const envelope = await recalled
  if (!envelope.ok) return envelope
  const ids = fileIdsIn(envelope.value.scan, call.operation.format)
  if (ids.length === 0) return envelope
  const holder = holderOf(scopeOf(principal), await files.findAll(ids))
  if (!holder.ok) return holder
  return holder.value ? ok({ ...envelope.value, heldBy: holder.value }) : envelope
}

/**
 * The one key that keeps all these files, `undefined` where there are none; an error where one is somebody else's, or they
 * are not together.
 */
export const holderOf = (scope: string, found: readonly FileRecord[]): Result<HeldBy | undefined, GatewayError> => {
  const foreign = found.find((file) => file.scope !== scope)
  if (foreign) return err(noFile(foreign.id))
  const [first, ...others] = found
  if (!first) return ok(undefined)
  const apart = others.find((file) => file.provider !== first.provider || file.providerKey !== first.providerKey)
  if (apart) return err(keptApart(first.id, apart.id))
  return ok({ provider: first.provider, key: first.providerKey, file: first.id })
}

const ID_LENGTH_SHOWN = 128
const shown = (id: string): string => id.slice(0, ID_LENGTH_SHOWN)

/** The refusal of a file that is not there for whoever asks: never made here, deleted, or somebody else's. */
export const noFile = (id: string): GatewayError =>
  fault(
    'not-found',
    `No such File object: ${shown(id)}. It was deleted, was not uploaded through this gateway, or is not your key's.`,
    { param: 'file_id' },
  )

const keptApart = (one: string, other: string): GatewayError =>
  fault(
    'invalid-request',
    `Files ${shown(one)} and ${shown(other)} are kept by different accounts of the operator's, and no account can read both. Upload one of them again.`,
    { param: 'file_id' },
  )

/** Of the candidates those at the provider that keeps a request's files, each with the one key that does. */
export const onlyHolding = (
  { heldBy }: Pick<Envelope, 'heldBy'>,
  chosen: Result<readonly Candidate[], GatewayError>,
): Result<readonly Candidate[], GatewayError> => {
  if (!chosen.ok || !heldBy) return chosen
  const holding = chosen.value.flatMap((candidate) => {
    const provider = withOnlyKey(candidate.channel.provider, heldBy)
    return provider ? [{ ...candidate, channel: { ...candidate.channel, provider } }] : []
  })
  if (holding.length > 0) return ok(holding)
  return err(notThere(heldBy, chosen.value[0]?.requestedAs ?? ''))
}

const notThere = ({ provider, file }: HeldBy, model: string): GatewayError => {
  const message =
    file === ''
      ? `Model ${model} is not served at provider ${provider}, where the rest of this runs. Ask for models of one provider.`
      : `File ${shown(file)} is kept at provider ${provider}, where model ${model} is not served, or by a key that is gone. Use a model of that provider, or upload the file again.`
  return fault('invalid-request', message, { param: 'model' })
}

const narrowed = new WeakMap<Provider, Map<string, Provider>>()

/** A provider as if it had one key alone; `undefined`: it is another, or has not got that key. */
export const withOnlyKey = (
  provider: Provider,
  { provider: id, key: keyId }: Pick<HeldBy, 'provider' | 'key'>,
): Provider | undefined => {
  if (provider.id !== id) return undefined
  const key = provider.keys.find((one) => one.id === keyId)
  if (!key || provider.keys.length === 1) return key && provider
  const known = narrowed.get(provider) ?? new Map<string, Provider>()
  narrowed.set(provider, known)
  const made = known.get(keyId) ?? { ...provider, keys: [key] }
  known.set(keyId, made)
  return made
}

/** Parts of answers that tell where something came from, and are sent back as they were: they lead to no file. */
const MENTIONS = new Set([
  'file_citation',
  'container_file_citation',
  'file_path',
  'code_execution_output',
  'bash_code_execution_output',
  'file_search_call',
])

/** The ids of files that a body names, each once. Gemini's files have addresses, which are not looked at. */
export const fileIdsIn = (scan: Scan, format: WireFormat): readonly string[] => {
  const may = scan.storedReferences > 0 || scan.tools?.types.has('code_interpreter') === true
  if (!may || format === 'gemini' || scan.form) return []
  const { bytes } = scan
  const found = new Set<string>()
  collect(parsed(bufferOf(bytes).toString()), found)
  return [...found]
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Without recursion: the scan has bounded the depth, but nothing here needs to rely on it. */
const collect = (body: unknown, found: Set<string>): void => {
  const waiting: unknown[] = [body]
  for (let value = waiting.pop(); waiting.length > 0 || value !== undefined; value = waiting.pop()) {
    if (Array.isArray(value)) {
      for (const element of value) if (typeof element === 'object') waiting.push(element)
    } else if (typeof value === 'object' && value !== null) {
      const entries: Readonly<Record<string, unknown>> = value as Record<string, unknown>
      if (typeof entries.type === 'string' && MENTIONS.has(entries.type)) continue
      for (const [name, member] of Object.entries(entries)) {
        if (name === 'file_id' && typeof member === 'string') found.add(member)
        else if (name === 'file_ids' && Array.isArray(member)) {
          for (const id of member) if (typeof id === 'string') found.add(id)
        } else if (typeof member === 'object') waiting.push(member)
      }
    }
  }
}
