import { STORE_APIS } from '../batches/api.ts'
import { type UploadDeps, uploadFile } from '../batches/upload.ts'
import { type AccountOf, accountGone, refusedBy, type Told, wholeOf } from '../batches/vendor.ts'
import type { Watch } from '../batches/watch.ts'
import type { FileRecord, Store } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import { noFile } from '../gateway/held-files.ts'
import { readBytes, refuseEncoding } from '../gateway/read.ts'
import { scopeOf } from '../gateway/recall.ts'
import { unanswered } from '../gateway/upstream-failures.ts'
import { objectOf, parseJson } from '../protocols/json.ts'
import { candidateAt } from '../batches/vendor.ts'
import { type EndpointDeps, type Entered, json } from './endpoint.ts'
import { listOf, listPartOf, passedOn, toldAnswer } from './stored-answers.ts'
import type { StoredPath } from './stored-paths.ts'

export interface FilesDeps extends EndpointDeps, Omit<UploadDeps, 'files'> {
  readonly accountOf: AccountOf
  readonly files: Store['files']
  readonly batches: Pick<Store['batches'], 'byRequest'>
  readonly watch: Pick<Watch, 'chargeIfOver'>
  readonly fileBytesMax: number
}

/** What is done with files, by method and by what follows an id in the path. Somebody else's are not there. */
export const answerFiles = async (
  deps: FilesDeps,
  call: Call,
  entered: Entered,
  path: StoredPath,
): Promise<Response | undefined> => {
  const { method } = call.request
  if (path.id === undefined) {
    if (method === 'GET') return list(deps, call, entered, path)
    return method === 'POST' ? upload(deps, call, entered, path) : undefined
  }
  const isContent = path.rest === 'content'
  if (method !== 'GET' && (method !== 'DELETE' || isContent)) return undefined
  if (path.rest !== undefined && !isContent) return undefined
  const file = await deps.files.find(scopeOf(entered.principal), path.id)
  if (!file || file.api !== path.api) return deps.refuse(call, noFile(path.id))
  if (method === 'DELETE') return remove(deps, call, entered, file)
  return isContent ? content(deps, call, entered, file) : retrieve(deps, call, entered, file)
}

const list = async (deps: FilesDeps, call: Call, { principal, headers }: Entered, { api }: StoredPath) => {
  const part = listPartOf(call, api, 'files')
  if (!part.ok) return deps.refuse(call, part.error)
  const purpose = api === 'openai' ? (call.search.get('purpose') ?? undefined) : undefined
  const { rows, hasMore } = await deps.files.list(scopeOf(principal), api, part.value, purpose)
  const data = rows.map(({ body }) => objectOf(parseJson(body)))
  const ids = rows.map(({ id }) => id)
  return json(call, listOf(api, data, ids, hasMore), { headers })
}

const upload = async (deps: FilesDeps, call: Call, entered: Entered, { api, only }: StoredPath) => {
  const encoded = refuseEncoding(call.request)
  if (encoded) return deps.refuse(call, encoded)
  const bytes = await readBytes(call.request, deps.fileBytesMax)
  if (!bytes.ok) return deps.refuse(call, bytes.error)
  const query = betaQuery(call)
  const { principal } = entered
  const told = await uploadFile(deps, { call, principal, api, bytes: bytes.value, query, only })
  return told.ok ? toldAnswer(call, entered, told.value) : deps.refuse(call, told.error)
}

/** Anthropic's SDK names its betas in the query too. */
export const betaQuery = ({ search }: Pick<Call, 'search'>): string =>
  search.get('beta') === 'true' ? '?beta=true' : ''

const ask = async (deps: FilesDeps, call: Call, file: FileRecord, method: 'GET' | 'DELETE', rest = '') => {
  const account = deps.accountOf(file)
  if (!account) return undefined
  const path = `${STORE_APIS[file.api].files}/${encodeURIComponent(file.id)}${rest}`
  const question = { method, path, query: betaQuery(call), headers: call.request.headers }
  return { account, sent: await deps.vendor.ask(account, question, call.request.signal) }
}

/** A file that the provider has not got any more is nobody's. */
const GONE = 404

const retrieve = async (deps: FilesDeps, call: Call, entered: Entered, file: FileRecord): Promise<Response> => {
  const asked = await ask(deps, call, file, 'GET')
  if (!asked) return deps.refuse(call, accountGone(file.provider))
  const told = await wholeOf(call, asked.account, asked.sent, deps.answerBytesMax, deps.nowMs())
  if (!told.ok) return deps.refuse(call, told.error)
  if (told.value.status === GONE) await deps.files.remove(file.scope, file.id)
  else if (told.value.status < 300) await note(deps, file, told.value)
  return toldAnswer(call, entered, told.value)
}

const note = async ({ files }: FilesDeps, file: FileRecord, told: Told): Promise<void> => {
  const body = Buffer.from(told.body).toString()
  const said = objectOf(parseJson(body))
  if (said.id !== file.id) return
  const bytes = said.bytes ?? said.size_bytes
  await files.note(file.scope, file.id, { body, bytes: typeof bytes === 'number' ? bytes : file.bytes })
}

/** What a batch wrote is read and deleted when the batch has been charged: nothing else tells what it used. */
const chargeOf = async (deps: FilesDeps, call: Call, file: FileRecord): ReturnType<Watch['chargeIfOver']> => {
  const batch = file.batch === null ? undefined : await deps.batches.byRequest(file.batch)
  return batch ? deps.watch.chargeIfOver(batch, call.request.signal) : 'charged'
}

const RETRY_MS = 10_000
export const NOT_CHARGED_YET: GatewayError = fault(
  'overloaded',
  'The batch has ended and is being charged; its results can be read right after that. Try again in some seconds.',
  { retryAfterMs: RETRY_MS },
)

const content = async (deps: FilesDeps, call: Call, entered: Entered, file: FileRecord): Promise<Response> => {
  if ((await chargeOf(deps, call, file)) === 'late') return deps.refuse(call, NOT_CHARGED_YET)
  const asked = await ask(deps, call, file, 'GET', '/content')
  if (!asked) return deps.refuse(call, accountGone(file.provider))
  const { account, sent } = asked
  if (!sent.ok) return deps.refuse(call, unanswered(sent.error, candidateAt(account)))
  if (sent.value.status < 300) return passedOn(call, entered, account, sent.value)
  const told = await refusedBy(call, account, sent.value, deps.answerBytesMax, deps.nowMs())
  return told.ok ? toldAnswer(call, entered, told.value) : deps.refuse(call, told.error)
}

const remove = async (deps: FilesDeps, call: Call, entered: Entered, file: FileRecord): Promise<Response> => {
  if ((await chargeOf(deps, call, file)) !== 'charged') return deps.refuse(call, NOT_CHARGED_YET)
  const asked = await ask(deps, call, file, 'DELETE')
  if (!asked) return deps.refuse(call, accountGone(file.provider))
  const told = await wholeOf(call, asked.account, asked.sent, deps.answerBytesMax, deps.nowMs())
  if (!told.ok) return deps.refuse(call, told.error)
  if (told.value.status < 300 || told.value.status === GONE) await deps.files.remove(file.scope, file.id)
  return toldAnswer(call, entered, told.value)
}
