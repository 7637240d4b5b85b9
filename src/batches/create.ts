import { scanObject } from '../canon/scan-object.ts'
import type { HeldBy } from '../canon/envelope.ts'
import type { Operation } from '../canon/operation.ts'
import type { Scan } from '../canon/scan.ts'
import { applySplices, replaceValue } from '../canon/splice.ts'
import type { BatchRecord, StoreApi, Store } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import { fileIdsIn, holderOf, noFile } from '../gateway/held-files.ts'
import { scopeOf } from '../gateway/recall.ts'
import type { Principal } from '../keys/types.ts'
import { objectOf, parseJson } from '../protocols/json.ts'
import { err, ok, type Result } from '../result.ts'
import type { Router } from '../routing/router.ts'
import { STORE_APIS } from './api.ts'
import { type HoldDeps, holdShares, releaseShares } from './hold.ts'
import { BATCH_ENDPOINTS, linesInFile, requestsIn, textMember } from './input.ts'
import { type PricedBatch, type PriceDeps, priceBatch } from './price.ts'
import { writeShares } from './share.ts'
import { type Account, type AccountOf, accountGone, type Told, type Vendor, wholeOf } from './vendor.ts'

export interface CreateDeps extends PriceDeps, HoldDeps {
  readonly vendor: Vendor
  readonly accountOf: AccountOf
  readonly router: Pick<Router, 'look'>
  readonly files: Pick<Store['files'], 'find' | 'findAll'>
  readonly batches: Store['batches']
  readonly linesMax: number
  readonly depthMax: number
  readonly inputBytesMax: number
  readonly answerBytesMax: number
  readonly openPerKey: number
  readonly pollMs: number
}

/** Who makes a batch, of what. `only`: the provider that the path names. */
export interface Making {
  readonly call: Call
  readonly principal: Principal
  readonly bytes: Uint8Array
  readonly only: string | undefined
}

/** A batch that was made, as its provider told it. */
export interface MadeBatch {
  readonly told: Told
  readonly batch: BatchRecord
}

type Outcome = Promise<Result<MadeBatch | Told, GatewayError>>

/** Makes a batch at the provider of its input, all of it priced and held for before it is asked for. */
export const createBatchMaker = (deps: CreateDeps): Readonly<Record<StoreApi, (making: Making) => Outcome>> => ({
  openai: (making) => ofFile(deps, making),
  anthropic: (making) => ofRequests(deps, making),
})

/** A batch that is ready to be asked for. */
interface Ready {
  readonly api: StoreApi
  readonly account: Account
  readonly priced: PricedBatch
  readonly inputFile: string | null
  /** The body to send, given the file that the provider is to read; and that file, made first where there is none yet. */
  readonly bodyFor: (file: string) => Uint8Array
  readonly upload: Uint8Array | undefined
}

const NEVER = new AbortController().signal

const ofFile = async (deps: CreateDeps, making: Making): Outcome => {
  const { call, principal, bytes } = making
  const scan = scanObject(bytes, { depthMax: deps.depthMax })
  if (!scan.ok) return scan
  const inputFile = textMember(scan.value, 'input_file_id')
  const endpoint = textMember(scan.value, 'endpoint') ?? ''
  const operation = Object.hasOwn(BATCH_ENDPOINTS, endpoint) ? BATCH_ENDPOINTS[endpoint] : undefined
  if (inputFile === undefined) return err(MISSING_FILE)
  if (!operation) return err(WRONG_ENDPOINT)
  const file = await deps.files.find(scopeOf(principal), inputFile)
  if (file?.api !== 'openai') return err({ ...noFile(inputFile), param: 'input_file_id' })
  const account = deps.accountOf(file)
  if (!account) return err(accountGone(file.provider))
  if (account.channel.provider.kind.supports?.batches !== 'openai') return err(noBatches(file.provider))
  const content = await contentOf(deps, call, account, inputFile)
  if (!content.ok || content.value.status !== 200) return content
  const at = { provider: file.provider, key: file.providerKey, file: inputFile }
  const limits = { linesMax: deps.linesMax, depthMax: deps.depthMax }
  const lines = linesInFile(content.value.body, endpoint, limits)
  const priced = await priceBatch(deps, { call, principal, operation, at, bytes: content.value.body, lines })
  if (!priced.ok) return priced
  const together = await allHeldAt(deps, principal, at, priced.value.fileIds)
  if (together) return err(together)
  const upload = priced.value.bytes === content.value.body ? undefined : priced.value.bytes
  const bodyFor = (id: string): Uint8Array => {
    const member = scan.value.members.get('input_file_id')
    return member && id !== inputFile ? applySplices(bytes, [replaceValue(member, JSON.stringify(id))]) : bytes
  }
  return make(deps, making, { api: 'openai', account, priced: priced.value, inputFile, bodyFor, upload })
}

const MISSING_FILE = fault('invalid-request', '`input_file_id` is missing: upload the requests as a file first', {
  param: 'input_file_id',
  issue: 'is missing',
})
const WRONG_ENDPOINT = fault(
  'invalid-request',
  `\`endpoint\` must be one of ${Object.keys(BATCH_ENDPOINTS).join(', ')}`,
  { param: 'endpoint' },
)
const noBatches = (provider: string): GatewayError =>
  fault('invalid-request', `Provider ${provider} has no batches. Upload the file to another.`, { param: 'model' })

const contentOf = async (deps: CreateDeps, call: Call, account: Account, id: string) => {
  const path = `${STORE_APIS.openai.files}/${encodeURIComponent(id)}/content`
  const sent = await deps.vendor.ask(account, { method: 'GET', path }, NEVER)
  return wholeOf(call, account, sent, deps.inputBytesMax, deps.nowMs())
}

/** Where all the files of these ids are; of a batch each has to be known, since nobody is there when a line fails. */
const heldTogether = async (
  deps: CreateDeps,
  principal: Principal,
  ids: readonly string[],
): Promise<Result<HeldBy, GatewayError>> => {
  const found = await deps.files.findAll(ids)
  const missing = ids.find((id) => !found.some((file) => file.id === id))
  if (missing !== undefined) return err(noFile(missing))
  const holder = holderOf(scopeOf(principal), found)
  if (!holder.ok) return holder
  return holder.value ? ok(holder.value) : err(noFile(ids[0] ?? ''))
}

/** Why files that requests name cannot be read where the batch will run; `undefined`: all can. */
const allHeldAt = async (
  deps: CreateDeps,
  principal: Principal,
  at: HeldBy,
  ids: readonly string[],
): Promise<GatewayError | undefined> => {
  if (ids.length === 0) return undefined
  const holder = await heldTogether(deps, principal, ids)
  if (!holder.ok) return holder.error
  if (holder.value.provider === at.provider && holder.value.key === at.key) return undefined
  return fault('invalid-request', `File ${holder.value.file} is kept elsewhere than the batch runs. Upload it again.`, {
    param: 'file_id',
  })
}

const MESSAGES: Operation = { format: 'anthropic-messages', action: 'generate' }
/** Accounts that are tried to price a batch for: where the first serves not all of its models, another may. */
const ACCOUNTS_MAX = 8

const ofRequests = async (deps: CreateDeps, making: Making): Outcome => {
  const { call, principal, bytes } = making
  const scan = scanObject(bytes, { depthMax: deps.depthMax })
  if (!scan.ok) return scan
  const places = await placesFor(deps, making, scan.value)
  if (!places.ok) return places
  let refusal: GatewayError | undefined
  for (const at of places.value.slice(0, ACCOUNTS_MAX)) {
    const account = deps.accountOf({ provider: at.provider, channel: at.channel, providerKey: at.key })
    if (!account) continue
    const lines = requestsIn(scan.value, { linesMax: deps.linesMax, depthMax: deps.depthMax })
    const priced = await priceBatch(deps, { call, principal, operation: MESSAGES, at, bytes, lines })
    if (priced.ok) {
      const bodyFor = (): Uint8Array => priced.value.bytes
      const none = { inputFile: null, upload: undefined }
      return make(deps, making, { ...none, api: 'anthropic', account, priced: priced.value, bodyFor })
    }
    refusal ??= priced.error
  }
  return err(refusal ?? NOWHERE)
}

const NOWHERE = fault(
  'no-channel',
  'None of the providers of this model has batches here. Use another model, or send the requests one by one.',
  { param: 'requests' },
)

/** Where requests that are sent in one body could run: where the files are that they name, else where the first one could. */
const placesFor = async (
  deps: CreateDeps,
  { call, principal, only }: Making,
  scan: Scan,
): Promise<Result<readonly (HeldBy & { readonly channel: string })[], GatewayError>> => {
  const ids = fileIdsIn(scan, MESSAGES.format)
  const holder = ids.length === 0 ? undefined : await heldTogether(deps, principal, ids)
  if (holder) return holder.ok ? ok([{ ...holder.value, channel: '' }]) : holder
  const [first] = requestsIn(scan, { linesMax: deps.linesMax, depthMax: deps.depthMax })
  if (!first) return err(NO_REQUESTS)
  if (!first.ok) return first
  const protocol = deps.protocols[MESSAGES.format]
  const envelope = protocol.readEnvelope(first.value.scan, MESSAGES)
  if (!envelope.ok) return envelope
  const chosen = deps.choose({ ...call, operation: MESSAGES, protocol }, principal, envelope.value)
  if (!chosen.ok) return chosen
  const able = chosen.value.filter(
    ({ channel: { provider }, upstreamFormat }) =>
      provider.kind.supports?.batches === 'anthropic' &&
      upstreamFormat === MESSAGES.format &&
      (only === undefined || provider.id === only || provider.kind.kind === only),
  )
  const { walk } = deps.router.look(able, envelope.value)
  const places = able.flatMap(() => {
    const route = walk.next('no-connection')
    return route
      ? [
          {
            provider: route.candidate.channel.provider.id,
            key: route.key.id,
            channel: route.candidate.channel.id,
            file: '',
          },
        ]
      : []
  })
  return places.length > 0 ? ok(places) : err(NOWHERE)
}

const NO_REQUESTS = fault('invalid-request', '`requests` is empty: send at least one', { param: 'requests' })

/** Long enough for everything that making a batch may take: nobody else looks after it meanwhile. */
const MAKING_MS = 900_000
const FULL_RETRY_MS = 60_000

/**
 * What is about to be made is written down first, then held for, then asked for: whenever the process dies, what is left
 * says what to look for, and what is held is charged or given back.
 */
const make = async (deps: CreateDeps, { call, principal }: Making, ready: Ready): Outcome => {
  const { api, account, priced, inputFile } = ready
  const batch: BatchRecord = {
    requestId: call.id,
    scope: scopeOf(principal),
    id: null,
    api,
    provider: account.channel.provider.id,
    channel: account.channel.id,
    providerKey: account.key.id,
    userId: principal.userId,
    keyId: principal.keyId,
    inputFile,
    sentFile: null,
    createdAtMs: call.startedAtMs,
    settledAtMs: null,
    body: '',
    shares: writeShares(priced.shares),
    lines: priced.lines,
  }
  if (!(await deps.batches.open(batch, deps.openPerKey, MAKING_MS))) return err(tooManyOpen(deps.openPerKey))
  const held = await holdShares(deps, batch, principal, priced.shares)
  if (!held.ok) {
    await deps.batches.remove(batch.requestId)
    return held
  }
  const sent = await send(deps, call, batch, ready)
  if (sent.is === 'made') return ok({ told: sent.told, batch: { ...batch, id: sent.id, body: sent.body } })
  if (sent.is === 'unknown') {
    await deps.batches.free(batch.requestId, deps.nowMs() + deps.pollMs)
    return err(sent.error)
  }
  await releaseShares(deps, batch, { status: sent.told.ok ? sent.told.value.status : 502 })
  await deps.batches.remove(batch.requestId)
  return sent.told
}

const tooManyOpen = (max: number): GatewayError =>
  fault(
    'rate-limit-exceeded',
    `This key has ${max} batches under way, and may have no more at once. Wait until one has ended, or cancel one.`,
    { retryAfterMs: FULL_RETRY_MS },
  )

/** What became of asking for a batch. */
type Sent =
  | { readonly is: 'made'; readonly id: string; readonly body: string; readonly told: Told }
  | { readonly is: 'refused'; readonly told: Result<Told, GatewayError> }
  | { readonly is: 'unknown'; readonly error: GatewayError }

/** Nothing was sent. */
const NOT_SENT: ReadonlySet<string> = new Set(['connect', 'timeout-connect', 'no-token'])

const send = async (deps: CreateDeps, call: Call, batch: BatchRecord, ready: Ready): Promise<Sent> => {
  const { account } = ready
  const uploaded = ready.upload ? await upload(deps, call, account, ready.upload) : ok(ready.inputFile)
  if (!uploaded.ok) return { is: 'refused', told: uploaded }
  if (typeof uploaded.value === 'object' && uploaded.value !== null) return { is: 'refused', told: ok(uploaded.value) }
  const file = uploaded.value
  if (file !== null) await deps.batches.sent(batch.requestId, file)
  const { headers } = call.request
  const path = STORE_APIS[batch.api].batches
  const question = { method: 'POST' as const, path, headers, body: ready.bodyFor(file ?? '') }
  // A client that hangs up has its batch all the same, and finds it in the list.
  const answer = await deps.vendor.ask(account, question, NEVER)
  const status = answer.ok ? answer.value.status : 0
  const isCertain = answer.ok ? status < 500 && status !== 408 : NOT_SENT.has(answer.error.kind)
  const told = await wholeOf(call, account, answer, deps.answerBytesMax, deps.nowMs())
  if (isCertain && (!told.ok || told.value.status >= 400)) return { is: 'refused', told }
  const body = told.ok && told.value.status < 300 ? Buffer.from(told.value.body).toString() : ''
  const view = STORE_APIS[batch.api].readBatch(objectOf(parseJson(body)))
  if (!told.ok || !view) return { is: 'unknown', error: unknownMade(account.channel.provider.id) }
  await deps.batches.made(batch.requestId, view.id, body, deps.nowMs() + FIRST_LOOK_MS)
  return { is: 'made', id: view.id, body, told: told.value }
}

const FIRST_LOOK_MS = 500

const unknownMade = (provider: string): GatewayError =>
  fault(
    'upstream-failed',
    `Provider ${provider} did not say whether the batch was made. Look for it in the list of batches in some minutes before you make it again.`,
  )

/** Puts lines in which models have the provider's names beside the client's file; its id, or the provider's refusal. */
const upload = async (
  deps: CreateDeps,
  call: Call,
  account: Account,
  lines: Uint8Array,
): Promise<Result<string | Told, GatewayError>> => {
  const form = new FormData()
  form.set('purpose', 'batch')
  form.set('file', new Blob([lines as Uint8Array<ArrayBuffer>], { type: 'application/jsonl' }), 'batch.jsonl')
  const encoded = new Response(form)
  const contentType = encoded.headers.get('content-type') ?? ''
  const body = await encoded.bytes()
  const question = { method: 'POST' as const, path: STORE_APIS.openai.files, contentType, body }
  const sent = await deps.vendor.ask(account, question, NEVER)
  const told = await wholeOf(call, account, sent, deps.answerBytesMax, deps.nowMs())
  if (!told.ok || told.value.status >= 400) return told
  const { id } = objectOf(parseJson(Buffer.from(told.value.body).toString()))
  if (typeof id === 'string') return ok(id)
  const message = `Provider ${account.channel.provider.id} took a file and did not name it. Nothing was charged; try again.`
  return err(fault('upstream-unreadable', message))
}
