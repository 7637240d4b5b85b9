import { readFile } from 'node:fs/promises'
import { text as textOfStream } from 'node:stream/consumers'
import { recompute } from '../receipts/recompute.ts'
import { readTrustedKeys, type TrustedKey, verifySignature } from '../receipts/signature.ts'
import { err, ok, type Result } from '../result.ts'
import { formatUsd } from '../units.ts'
import { askAdmin, fieldsOf, listIn, report } from './admin.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, JSON_OPTION, textOf } from './io.ts'

export const verifyReceipt: Command = {
  name: 'receipt verify',
  argument: '<file|-|id>',
  summary: 'Prove a receipt from itself: its cost and its signature; exit code 1 when it does not hold',
  options: {
    key: {
      argument: '<file|url>',
      help: 'Public keys to trust: /.well-known/tollgate-receipts.json, saved or by its address',
    },
    unsigned: { help: 'Check the cost alone' },
    ...CONFIG_OPTION,
    ...JSON_OPTION,
  },
  run: async (call) => {
    const unsigned = call.values.unsigned === true
    const source = call.positionals[0] ?? '-'
    const isId = /^req_\w+$/.test(source)
    if (!unsigned && !isId && textOf(call, 'key') === undefined) {
      call.io.problem(
        'Whose receipt is it? Name the public keys with --key, or check the cost alone with --unsigned.\n',
      )
      return EXIT.usage
    }
    const receipt = isId ? await fromDatabase(call, source) : await fromFile(source)
    if (!receipt.ok) return refuse(call, receipt.error)
    const keys = unsigned ? ok([]) : await keysFor(call)
    if (!keys.ok) return refuse(call, keys.error)
    return tell(call, receipt.value, unsigned ? undefined : keys.value)
  },
}

export const rotateReceiptKey: Command = {
  name: 'receipt rotate',
  summary: 'Make a new key to sign receipts with; the old ones stay listed',
  options: { ...CONFIG_OPTION, ...JSON_OPTION },
  run: (call) =>
    askAdmin(call, async (ask) =>
      report(call, await ask('POST', '/api/admin/receipt-keys'), (body) => {
        const [key] = listIn({ data: body.keys })
        return `Receipts are signed with the key ${String(key?.kid)} now.`
      }),
    ),
}

/** Says what was found, each on a line of its own, and gives the exit code. */
const tell = (call: Call, receipt: unknown, keys: readonly TrustedKey[] | undefined): number => {
  const cost = recompute(receipt)
  const signature = keys && verifySignature(receipt, keys)
  const holds = cost.ok && (signature?.ok ?? true)
  const found = {
    ok: holds,
    request_id: fieldsOf(receipt).request_id ?? null,
    cost: cost.ok ? { ok: true, usd: formatUsd(cost.value.cost) } : { ok: false, problem: cost.error },
    signature: signatureFound(signature),
  }
  if (call.values.json === true) {
    call.io.out(`${JSON.stringify(found, null, 2)}\n`)
    return holds ? EXIT.success : EXIT.failure
  }
  const say = (isFine: boolean, words: string) => (isFine ? call.io.out : call.io.problem)(`${words}\n`)
  say(cost.ok, cost.ok ? `The cost is right: $${formatUsd(cost.value.cost)}.` : `The cost is wrong. ${cost.error}`)
  if (signature)
    say(
      signature.ok,
      signature.ok ? `The signature is right: key ${signature.value}.` : `Not proven. ${signature.error}`,
    )
  else say(true, 'The signature was not checked.')
  return holds ? EXIT.success : EXIT.failure
}

const signatureFound = (signature: Result<string, string> | undefined) => {
  if (!signature) return null
  return signature.ok ? { ok: true, key_id: signature.value } : { ok: false, problem: signature.error }
}

const refuse = (call: Call, problem: string): number => {
  call.io.problem(`${problem}\n`)
  return EXIT.failure
}

/** A receipt of the database that the configuration names, as the admin API shows it. */
const fromDatabase = async (call: Call, id: string): Promise<Result<unknown, string>> => {
  let found: Result<unknown, string> = err('The configuration has mistakes.')
  await askAdmin(call, async (ask) => {
    const { status, body } = await ask('GET', `/api/admin/requests/${id}`)
    found = status === 200 ? ok(body) : err(`There is no receipt ${id} in the database of this configuration.`)
    return EXIT.success
  })
  return found
}

const fromFile = async (source: string): Promise<Result<unknown, string>> => {
  const what = source === '-' ? 'standard input' : source
  return parse(what, () => (source === '-' ? textOfStream(process.stdin) : readFile(source, 'utf8')))
}

/** The keys named on the command line; for a receipt of the database, those of the same database. */
const keysFor = async (call: Call): Promise<Result<readonly TrustedKey[], string>> => {
  const named = textOf(call, 'key')
  const json = named === undefined ? await ownKeys(call) : await readKeys(named)
  if (!json.ok) return json
  const keys = readTrustedKeys(json.value)
  return keys.length > 0 ? ok(keys) : err(`There is no Ed25519 key in ${named ?? 'the database'}.`)
}

const ownKeys = async (call: Call): Promise<Result<unknown, string>> => {
  let found: Result<unknown, string> = err('The configuration has mistakes.')
  await askAdmin(call, async (ask) => {
    found = ok((await ask('GET', '/api/admin/receipt-keys')).body)
    return EXIT.success
  })
  return found
}

const FETCH_TIMEOUT_MS = 10_000

const readKeys = (from: string): Promise<Result<unknown, string>> => {
  if (!/^https?:\/\//.test(from)) return parse(from, () => readFile(from, 'utf8'))
  return parse(from, async () => {
    const answer = await fetch(from, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
    if (!answer.ok) throw new Error(`it answered ${answer.status}`)
    return answer.text()
  })
}

const parse = async (what: string, read: () => Promise<string>): Promise<Result<unknown, string>> => {
  try {
    const value: unknown = JSON.parse(await read())
    return ok(value)
  } catch (error) {
    return err(`${what} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}
