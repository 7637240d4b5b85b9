import { STORE_APIS } from '../batches/api.ts'
import type { Making, MadeBatch } from '../batches/create.ts'
import {
  type AccountOf,
  accountGone,
  candidateAt,
  refusedBy,
  type Told,
  type Vendor,
  wholeOf,
} from '../batches/vendor.ts'
import type { Watch } from '../batches/watch.ts'
import type { BatchRecord, Store, StoreApi } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import { readBytes, refuseEncoding } from '../gateway/read.ts'
import { scopeOf } from '../gateway/recall.ts'
import { unanswered } from '../gateway/upstream-failures.ts'
import { objectOf, parseJson } from '../protocols/json.ts'
import type { Result } from '../result.ts'
import { type EndpointDeps, type Entered, json } from './endpoint.ts'
import { betaQuery, NOT_CHARGED_YET } from './files.ts'
import { listOf, listPartOf, passedOn, toldAnswer } from './stored-answers.ts'
import type { StoredPath } from './stored-paths.ts'

export interface BatchesDeps extends EndpointDeps {
  readonly vendor: Vendor
  readonly accountOf: AccountOf
  readonly batches: Store['batches']
  readonly watch: Watch
  readonly make: Readonly<Record<StoreApi, (making: Making) => Promise<Result<MadeBatch | Told, GatewayError>>>>
  readonly bodyBytesMax: number
  readonly answerBytesMax: number
  /** The address clients know the gateway by; `null`: the one they asked. */
  readonly publicUrl: string | null
  readonly nowMs: () => number
}

type Act = (deps: BatchesDeps, call: Call, entered: Entered, path: StoredPath, batch: BatchRecord) => Promise<Response>

/** What is done with batches, by method and by what follows an id in the path. Somebody else's are not there. */
export const answerBatches = async (
  deps: BatchesDeps,
  call: Call,
  entered: Entered,
  path: StoredPath,
): Promise<Response | undefined> => {
  const { method } = call.request
  if (path.id === undefined) {
    if (method === 'GET') return list(deps, call, entered, path)
    return method === 'POST' ? create(deps, call, entered, path) : undefined
  }
  const act = ACTS[path.api].get(`${method} ${path.rest ?? ''}`)
  if (!act) return undefined
  const batch = await deps.batches.find(scopeOf(entered.principal), path.id)
  if (!batch || batch.api !== path.api) return deps.refuse(call, noBatch(path.id))
  return act(deps, call, entered, path, batch)
}

const ID_LENGTH_SHOWN = 128
const noBatch = (id: string): GatewayError =>
  fault(
    'not-found',
    `No batch found with id '${id.slice(0, ID_LENGTH_SHOWN)}'. It was deleted, was not made through this gateway, or is not your key's.`,
  )

const create = async (deps: BatchesDeps, call: Call, entered: Entered, path: StoredPath): Promise<Response> => {
  const encoded = refuseEncoding(call.request)
  if (encoded) return deps.refuse(call, encoded)
  const bytes = await readBytes(call.request, deps.bodyBytesMax)
  if (!bytes.ok) return deps.refuse(call, bytes.error)
  const { principal } = entered
  const made = await deps.make[path.api]({ call, principal, bytes: bytes.value, only: path.only })
  if (!made.ok) return deps.refuse(call, made.error)
  if (!('batch' in made.value)) return toldAnswer(call, entered, made.value)
  const { told, batch } = made.value
  return shownAnswer(deps, call, entered, path, batch, told)
}

const list = async (deps: BatchesDeps, call: Call, { principal, headers }: Entered, path: StoredPath) => {
  const { api } = path
  const part = listPartOf(call, api, 'batches')
  if (!part.ok) return deps.refuse(call, part.error)
  const { rows, hasMore } = await deps.batches.list(scopeOf(principal), api, part.value)
  const told = rows.filter(({ body }) => body !== '')
  const data = told.map((batch) => shown(deps, call, path, batch, batch.body))
  const ids = rows.flatMap(({ id }) => id ?? [])
  return json(call, listOf(api, data, ids, hasMore), { headers })
}

/** A batch as its client knows it: with the file it named, and results to be fetched here. */
const shown = ({ publicUrl }: BatchesDeps, call: Call, path: StoredPath, batch: BatchRecord, body: string): unknown => {
  const said = objectOf(parseJson(body))
  if (batch.api === 'openai') return batch.inputFile === null ? said : { ...said, input_file_id: batch.inputFile }
  if (typeof said.results_url !== 'string') return said
  const origin = publicUrl ?? new URL(call.request.url).origin
  return { ...said, results_url: `${origin}${path.prefix}/${encodeURIComponent(batch.id ?? '')}/results` }
}

const shownAnswer = (
  deps: BatchesDeps,
  call: Call,
  entered: Entered,
  path: StoredPath,
  batch: BatchRecord,
  told: Told,
): Response => {
  if (told.status >= 300) return toldAnswer(call, entered, told)
  const body = JSON.stringify(shown(deps, call, path, batch, Buffer.from(told.body).toString()))
  return toldAnswer(call, entered, { ...told, body: Buffer.from(body) })
}

const pathOf = ({ api, id }: BatchRecord, rest = ''): string =>
  `${STORE_APIS[api].batches}/${encodeURIComponent(id ?? '')}${rest}`

/** Asks the provider about a batch, or to do something with it, and notes what it says. */
const askAnd =
  (method: 'GET' | 'POST' | 'DELETE', rest = ''): Act =>
  async (deps, call, entered, path, batch) => {
    const account = deps.accountOf(batch)
    if (!account) return deps.refuse(call, accountGone(batch.provider))
    const { headers } = call.request
    const question = { method, path: pathOf(batch, rest), query: betaQuery(call), headers }
    const sent = await deps.vendor.ask(account, question, call.request.signal)
    const told = await wholeOf(call, account, sent, deps.answerBytesMax, deps.nowMs())
    if (!told.ok) return deps.refuse(call, told.error)
    const body = Buffer.from(told.value.body).toString()
    const view = told.value.status < 300 ? STORE_APIS[batch.api].readBatch(objectOf(parseJson(body))) : undefined
    if (view?.id === batch.id && method !== 'DELETE') {
      await deps.watch.noted(batch, body, view)
      const isOver = view.ended !== undefined || method === 'POST'
      if (isOver && batch.settledAtMs === null) await deps.batches.hasten(batch.requestId)
    }
    return shownAnswer(deps, call, entered, path, batch, told.value)
  }

/** Results are read when the batch has been charged: they may be deleted right after, and nothing else tells. */
const results: Act = async (deps, call, entered, _path, batch) => {
  const account = deps.accountOf(batch)
  if (!account) return deps.refuse(call, accountGone(batch.provider))
  if ((await deps.watch.chargeIfOver(batch, call.request.signal)) === 'late') return deps.refuse(call, NOT_CHARGED_YET)
  const { headers } = call.request
  const question = { method: 'GET' as const, path: pathOf(batch, '/results'), query: betaQuery(call), headers }
  const sent = await deps.vendor.ask(account, question, call.request.signal)
  if (!sent.ok) return deps.refuse(call, unanswered(sent.error, candidateAt(account)))
  if (sent.value.status < 300) return passedOn(call, entered, account, sent.value)
  const told = await refusedBy(call, account, sent.value, deps.answerBytesMax, deps.nowMs())
  return told.ok ? toldAnswer(call, entered, told.value) : deps.refuse(call, told.error)
}

const remove: Act = async (deps, call, entered, path, batch) => {
  const charge = await deps.watch.chargeIfOver(batch, call.request.signal)
  if (charge !== 'charged') return deps.refuse(call, charge === 'late' ? NOT_CHARGED_YET : STILL_RUNS)
  const answer = await askAnd('DELETE')(deps, call, entered, path, batch)
  if (answer.status < 300) await deps.batches.remove(batch.requestId)
  return answer
}

const STILL_RUNS = fault('state-conflict', 'The batch still runs. Cancel it, wait until it has ended, then delete it.')

const ACTS: Readonly<Record<StoreApi, ReadonlyMap<string, Act>>> = {
  openai: new Map([
    ['GET ', askAnd('GET')],
    ['POST cancel', askAnd('POST', '/cancel')],
  ]),
  anthropic: new Map([
    ['GET ', askAnd('GET')],
    ['POST cancel', askAnd('POST', '/cancel')],
    ['GET results', results],
    ['DELETE ', remove],
  ]),
}
