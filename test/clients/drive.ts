import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { ReceiptJson } from '../harness/admin.ts'
import type { Gateway } from '../harness/gateway.ts'
import type { Case } from './cases.ts'
import { installedFolder, scriptsFolder } from './folders.ts'
import type { Mock, MockRequest } from './mock.ts'

const CLIENT_TIMEOUT_SECONDS = 150
const SETTLE_TIMEOUT_MS = 10_000
const OUTPUT_CHARACTERS_MAX = 200_000

/** With the field that tells counting tokens from generating. */
type Receipt = ReceiptJson & { readonly action: string }

/** What became of one case: how long the client took, what it left behind, and everything that was wrong. */
export interface Outcome {
  readonly seconds: number
  readonly requests: number
  readonly receipts: readonly Receipt[]
  readonly faults: readonly string[]
}

interface Script {
  readonly code: number | null
  readonly output: string
}

const runScript = ({ script, env }: Case, baseUrl: string, key: string): Promise<Script> =>
  new Promise((resolve, reject) => {
    const child = spawn('bash', [join(scriptsFolder(), `${script}.sh`)], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LANG: 'C.UTF-8',
        CLIENTS: installedFolder(),
        BASE_URL: baseUrl,
        API_KEY: key,
        TIMEOUT: String(CLIENT_TIMEOUT_SECONDS),
        // A home of its own, so that a run by hand beside this one is left alone.
        HOME_TAG: '-tollgate',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString()
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })

/** Receipts are written as requests settle, which is a moment after the client has its answer. */
const receiptsOf = async (gateway: Gateway, keyId: string, expected: number): Promise<Receipt[]> => {
  const deadlineMs = Date.now() + SETTLE_TIMEOUT_MS
  for (;;) {
    const receipts = (await gateway.requests({ key_id: keyId })) as Receipt[]
    if (receipts.length >= expected || Date.now() > deadlineMs) return receipts
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const wrongWith = (receipt: Receipt, { format }: Case): string[] => {
  const counted = receipt.action === 'count-tokens'
  const checks: [boolean, string][] = [
    [receipt.ended === 'whole', `ended ${receipt.ended}`],
    [receipt.status === 200, `status ${receipt.status}`],
    [receipt.client_format === format, `came in as ${receipt.client_format} instead of ${format}`],
    [receipt.upstream_format === format, `went out as ${receipt.upstream_format} instead of ${format}`],
    [counted || receipt.usage_source === 'upstream', `usage was ${receipt.usage_source}`],
    [counted === (Number(receipt.cost_usd) === 0), `cost $${receipt.cost_usd} for ${receipt.action}`],
    [counted || (receipt.usage.output ?? 0) > 0, 'no output was metered'],
  ]
  return checks.filter(([holds]) => !holds).map(([, fault]) => `${receipt.request_id}: ${fault}`)
}

/** Every POST that reached the upstream was one admitted request. */
const answered = (seen: readonly MockRequest[]): number => seen.filter(({ method }) => method === 'POST').length

/** Runs one client to its end against the gateway and looks at what it left: an answer, receipts, and nothing else. */
export const drive = async (one: Case, gateway: Gateway, mock: Mock, userId: string): Promise<Outcome> => {
  const label = `${one.client} ${one.scenario}`.replace(/[^a-z0-9.-]+/gi, '-')
  const { id, key } = await gateway.createKey({ user_id: userId, name: label })
  await mock.label(label)
  const startedMs = performance.now()
  const script = await runScript(one, gateway.url, key)
  const seconds = (performance.now() - startedMs) / 1_000
  const seen = await mock.requests(label)
  const receipts = await receiptsOf(gateway, id, answered(seen))
  const refused = seen
    .filter(({ resp }) => resp.status >= 400)
    .map(({ path, resp }) => `the upstream answered ${path} with ${resp.status}`)
  const faults = [
    ...(script.code === 0 ? [] : [`the client ended with ${script.code}:\n${script.output.trim()}`]),
    ...(receipts.length === answered(seen)
      ? []
      : [`${answered(seen)} requests reached the upstream, ${receipts.length} left a receipt`]),
    ...(receipts.length > 0 ? [] : ['nothing was asked']),
    ...refused,
    ...receipts.flatMap((receipt) => wrongWith(receipt, one)),
  ]
  return { seconds, requests: answered(seen), receipts, faults }
}
