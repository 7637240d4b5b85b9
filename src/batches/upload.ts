import type { Envelope } from '../canon/envelope.ts'
import type { FormPart } from '../canon/scan-multipart.ts'
import { isMultipart, scanMultipart } from '../canon/scan-multipart.ts'
import type { Scan } from '../canon/scan.ts'
import type { FileRecord, Store, StoreApi } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import { withOnlyKey } from '../gateway/held-files.ts'
import { scopeOf } from '../gateway/recall.ts'
import type { Principal } from '../keys/types.ts'
import { objectOf, parseJson, textOf } from '../protocols/json.ts'
import { err, ok, type Result } from '../result.ts'
import { type ChooseDeps, resolveName, servesModel } from '../routing/choose.ts'
import type { Failure } from '../routing/retry.ts'
import type { Router } from '../routing/router.ts'
import type { Candidate, Channel } from '../routing/types.ts'
import type { Route } from '../routing/walk.ts'
import { STORE_APIS } from './api.ts'
import { candidateAt, type Told, type Vendor, wholeOf } from './vendor.ts'

export interface UploadDeps extends Pick<ChooseDeps, 'channels' | 'resolve' | 'isPaused'> {
  readonly vendor: Vendor
  readonly router: Pick<Router, 'rank' | 'walk'>
  /** Nothing was learned of a route: another request may try it. */
  readonly unprobe: (route: Route) => void
  readonly files: Pick<Store['files'], 'add' | 'newest'>
  readonly attemptsMax: number
  readonly answerBytesMax: number
  readonly nowMs: () => number
}

/** A file on its way to a provider. `only`: the provider that the path names. */
export interface Uploading {
  readonly call: Call
  readonly principal: Principal
  readonly api: StoreApi
  readonly bytes: Uint8Array
  readonly query: string
  readonly only: string | undefined
}

/** Puts a file at a provider, and remembers whose it is. */
export const uploadFile = async (deps: UploadDeps, uploading: Uploading): Promise<Result<Told, GatewayError>> => {
  const { call, api, bytes, query } = uploading
  const contentType = call.request.headers.get('content-type')
  if (!isMultipart(contentType)) return err(NO_FORM)
  const form = readForm(bytes, contentType)
  if (!form.ok) return form
  const candidates = await placesFor(deps, uploading, form.value)
  if (!candidates.ok) return candidates
  const walk = deps.router.walk(candidates.value, NO_ENVELOPE)
  const path = STORE_APIS[api].files
  let told: Result<Told, GatewayError> = err(NOWHERE_WELL)
  let failure: Failure | undefined
  for (let tries = 0; tries < deps.attemptsMax; tries++) {
    const route = walk.next(failure)
    if (!route) break
    const account = { channel: route.candidate.channel, key: route.key }
    const { headers } = call.request
    const question = { method: 'POST' as const, path, query, headers, contentType, body: bytes }
    const sent = await deps.vendor.ask(account, question, call.request.signal)
    deps.unprobe(route)
    failure = sent.ok ? REFUSED.get(sent.value.status) : failureOf(sent.error.kind)
    told = await wholeOf(call, account, sent, deps.answerBytesMax, deps.nowMs())
    if (failure !== undefined) continue
    if (told.ok && told.value.status < 300) return remember(deps, uploading, form.value, route, told.value)
    return told
  }
  return told
}

const NO_FORM = fault('unsupported-media-type', 'Files are uploaded as multipart/form-data, with the file in `file`.', {
  param: 'content-type',
})
const NOWHERE_WELL = fault('no-active-keys', 'No provider can take a file at the moment. Try again later.', {
  retryAfterMs: 30_000,
})

/** Why another account may be asked: this one has done nothing. */
const REFUSED: ReadonlyMap<number, Failure> = new Map([
  [401, 'key-refused'],
  [402, 'quota-exhausted'],
  [403, 'key-refused'],
  [429, 'rate-limited'],
])
const failureOf = (kind: string): Failure | undefined =>
  kind === 'connect' || kind === 'timeout-connect' || kind === 'no-token' ? 'no-connection' : undefined

/** A file is no conversation that another route could be warm for. */
const NO_ENVELOPE: Envelope = {
  scan: {
    bytes: new Uint8Array(),
    members: new Map(),
    textBytes: 0,
    mediaCount: 0,
    mediaBytes: 0,
    storedReferences: 0,
  },
  model: 'files',
  stream: false,
  outputTokensLimit: undefined,
  choices: 1,
  includesUsage: true,
  refersToStored: false,
  providers: [],
  fallbacks: [],
}

interface Form {
  readonly scan: Scan
  readonly file: FormPart
  readonly purpose: string
}

const readForm = (bytes: Uint8Array, contentType: string): Result<Form, GatewayError> => {
  const scan = scanMultipart(bytes, contentType)
  if (!scan.ok) return scan
  const parts = scan.value.form ?? []
  const [file, ...others] = parts.filter(({ name }) => name === 'file')
  if (!file || others.length > 0 || file.fileName === undefined) return err(NO_FILE)
  const purposes = parts.filter(({ name }) => name === 'purpose')
  if (purposes.length > 1) return err(TWO_PURPOSES)
  const [purpose] = purposes
  return ok({ scan: scan.value, file, purpose: purpose ? contentOf(bytes, purpose, PURPOSE_BYTES_MAX) : '' })
}

const PURPOSE_BYTES_MAX = 64
const NO_FILE = fault('invalid-request', 'the form must have one part `file`, which is a file with a name', {
  param: 'file',
  issue: 'must be one file',
})
const TWO_PURPOSES = fault('invalid-request', 'the form must have one part `purpose`', { param: 'purpose' })

const contentOf = (bytes: Uint8Array, { valueStart, valueEnd }: FormPart, bytesMax: number): string =>
  Buffer.from(bytes.subarray(valueStart, Math.min(valueEnd, valueStart + bytesMax))).toString()

/**
 * Where a file may be put, best first: with the files that its owner has already, for a request may name several. One that
 * lists the requests of a batch goes where their model is served.
 */
const placesFor = async (
  deps: UploadDeps,
  { call, principal, api, bytes, only }: Uploading,
  { file, purpose }: Form,
): Promise<Result<readonly Candidate[], GatewayError>> => {
  const model = purpose === 'batch' ? firstModel(contentOf(bytes, file, LINE_BYTES_MAX)) : undefined
  const named = model === undefined ? undefined : resolveName(deps, model)
  if (named && !named.ok) return named
  const able = deps.channels.filter(
    ({ provider, groups }) =>
      groups.has(principal.group) && provider.kind.supports?.files === api && provider.keys.length > 0,
  )
  const serving = able.filter((channel) => {
    const { provider } = channel
    const isNamed = only === undefined || provider.id === only || provider.kind.kind === only
    return isNamed && (!named || (servesModel(channel, named.value.model) && answersTo(channel, named.value.only)))
  })
  if (serving.length === 0) return err(noPlace(model, principal.group))
  const running = serving.filter(({ provider }) => !deps.isPaused(provider.id))
  if (running.length === 0) return err(PAUSED)
  const asking = { group: principal.group, operation: call.operation, envelope: NO_ENVELOPE }
  const ranked = deps.router.rank(
    running.map((channel) => candidateAt({ channel })),
    { ...asking, headers: call.request.headers, scope: scopeOf(principal) },
  )
  const last = await deps.files.newest(scopeOf(principal), api)
  return ok(last ? [...withLast(ranked, last), ...ranked] : ranked)
}

const withLast = (ranked: readonly Candidate[], last: FileRecord): readonly Candidate[] => {
  const at = ranked.find(({ channel }) => channel.provider.id === last.provider)
  const provider = at && withOnlyKey(at.channel.provider, { provider: last.provider, key: last.providerKey })
  return at && provider ? [{ ...at, channel: { ...at.channel, provider } }] : []
}

const answersTo = ({ provider }: Channel, only: string | undefined): boolean =>
  only === undefined || provider.id === only || provider.kind.kind === only

/** A longer first request of a batch says nothing of where its file should go. */
const LINE_BYTES_MAX = 4_194_304

const firstModel = (text: string): string | undefined => {
  const [line = ''] = text.trimStart().split('\n', 1)
  return textOf(objectOf(objectOf(parseJson(line)).body).model) || undefined
}

const noPlace = (model: string | undefined, group: string): GatewayError =>
  fault(
    'no-channel',
    `No provider under group ${group} takes files${model === undefined ? '' : ` for model ${model.slice(0, 128)}`} here. Use another key or model, or ask the operator for a channel.`,
    { param: 'file' },
  )
const PAUSED_RETRY_MS = 30_000
const PAUSED = fault('provider-paused', 'Every provider that takes files is paused. Try again later.', {
  retryAfterMs: PAUSED_RETRY_MS,
})

const remember = async (
  deps: UploadDeps,
  { principal, api }: Uploading,
  { file, purpose }: Form,
  { candidate, key }: Route,
  told: Told,
): Promise<Result<Told, GatewayError>> => {
  const { provider, id: channel } = candidate.channel
  const body = Buffer.from(told.body).toString()
  const id = textOf(objectOf(parseJson(body)).id)
  if (id === '') return err(fault('upstream-unreadable', `Provider ${provider.id} took the file and did not name it.`))
  const kept = { scope: scopeOf(principal), id, api, provider: provider.id, channel, providerKey: key.id }
  const by = { userId: principal.userId, keyId: principal.keyId, batch: null, createdAtMs: deps.nowMs() }
  await deps.files.add([{ ...kept, ...by, purpose, bytes: file.valueEnd - file.valueStart, body }])
  return ok(told)
}
