import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toneWav } from '../../src/providers/demo/tone.ts'
import { FIXTURES, recordingsFolder } from '../recorded/recordings.ts'
import { startMediaStand } from './stand.ts'

setDefaultTimeout(60_000)

/** One request and its answer, in the form that all recordings have. */
interface Recording {
  readonly id: string
  readonly provider: string
  readonly stream: boolean
  readonly request: { readonly path: string; readonly headers: Record<string, string> | null; readonly body: Json }
  readonly response: {
    readonly status: number
    readonly headers: Record<string, string> | null
    readonly body: unknown
  }
}
type Json = Readonly<Record<string, unknown>>

const APIS = [
  ...['openai.images', 'openai.audio.transcriptions', 'openai.audio.translations', 'openai.audio.speech'],
  ...['openai.moderations', 'rerank', 'cohere.rerank'],
]

const load = (folder: string | undefined): readonly Recording[] =>
  APIS.flatMap((api) => {
    const inside = join(folder ?? '', api)
    if (folder === undefined || !existsSync(inside)) return []
    return readdirSync(inside)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(inside, name), 'utf8')) as Recording)
  })

const own = load(FIXTURES)
const recorded = load(recordingsFolder())

/** Prices in every measure, each of its own, so that none passes for another. */
const price = {
  input: '3',
  output: '17',
  input_audio: '5',
  per_image: '0.011',
  per_second: '0.0007',
  per_search_unit: '0.0013',
}
const VENDORS = ['openai', 'cohere', 'voyage']
const entry = ({ provider }: Recording) => ({
  provider: VENDORS.includes(provider) ? provider : 'somebody',
  type: 'image',
  price,
})
const all = [...own, ...recorded]
const others = all.filter(({ provider }) => !VENDORS.includes(provider)).map(({ id }) => id)
const stand = await startMediaStand(Object.fromEntries(all.map((one) => [one.id, entry(one)])), others)
afterAll(() => stand.stop())

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** The last event of a stream, or the object that an answer is. */
const lastObject = (body: unknown): Json => {
  if (typeof body !== 'string') return objectOf(body)
  const data = [...body.matchAll(/^data: (.*)$/gm)].map(([, text]) => text ?? '')
  return data.length === 0 ? {} : (JSON.parse(data.at(-1) ?? '{}') as Json)
}

/** What an answer says it used, read without the gateway's own readers; only what it says. */
const toldUsage = ({ response, request }: Recording): Readonly<Record<string, number>> => {
  const answer = lastObject(response.body)
  const usage = objectOf(answer.usage ?? objectOf(answer.meta).billed_units)
  const details = objectOf(usage.input_token_details)
  const audio = numberOf(details.audio_tokens)
  const input = numberOf(
    usage.input_tokens ?? usage.prompt_tokens ?? (usage.output_tokens === undefined ? usage.total_tokens : 0),
  )
  const spoken = request.path.endsWith('/speech')
  const told = {
    input: input - audio,
    input_audio: audio,
    output: spoken ? 0 : numberOf(usage.output_tokens),
    output_audio: spoken ? numberOf(usage.output_tokens) : 0,
    images: request.path.includes('/images/') ? (Array.isArray(answer.data) ? answer.data.length : 1) : 0,
    input_seconds: Math.ceil(numberOf(usage.seconds ?? answer.duration)),
    search_units: numberOf(usage.search_units),
  }
  return Object.fromEntries(Object.entries(told).filter(([, count]) => count > 0))
}

const pathOf = ({ request: { path } }: Recording): string =>
  path.startsWith('/v2/') ? path : `/v1${path.slice(path.search(/\/(?:images|audio|moderations|rerank)/))}`

/** The recorded body as a client sends it: an object, or a form with a file. */
const bodyOf = (one: Recording): string | Uint8Array => {
  const named = { ...one.request.body, model: one.id }
  if (one.request.headers?.['content-type'] !== 'multipart/form-data') return JSON.stringify(named)
  const parts = Object.entries(named).map(
    ([name, value]) => `--b1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const head =
    '--b1\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  return Buffer.concat([Buffer.from(parts.join('') + head), toneWav(2.5), Buffer.from('\r\n--b1--\r\n')])
}

const judge = async (one: Recording): Promise<void> => {
  const { status, body } = one.response
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const type = one.stream ? 'text/event-stream' : (one.response.headers?.['content-type'] ?? 'application/json')
  stand.vendor.answer({ status, type, body: bytes })
  const sent = bodyOf(one)
  const form = typeof sent === 'string' ? {} : { 'content-type': 'multipart/form-data; boundary=b1' }
  const { answer, bytes: got, receipt } = await stand.ask(pathOf(one), sent, form)
  const seen = stand.vendor.asked.at(-1)
  expect([one.id, Buffer.compare(Buffer.from(seen?.body ?? []), Buffer.from(sent))]).toEqual([one.id, 0])
  expect([one.id, Buffer.from(got).toString()]).toEqual([one.id, bytes.toString()])
  if (status !== 200) return expect([one.id, answer.status]).toEqual([one.id, status === 501 ? 502 : status])
  const written = await receipt()
  const told = toldUsage(one)
  expect([one.id, written.ended]).toEqual([one.id, 'whole'])
  for (const [name, count] of Object.entries(told))
    expect([one.id, name, objectOf(written.usage)[name]]).toEqual([one.id, name, count])
}

describe('written fixtures of media endpoints', () => {
  test.each(own.map((one) => [one.id, one] as const))(
    '%s passes byte for byte, and is metered as it says',
    (_id, one) => judge(one),
  )
})

// Not a skipped suite: without recordings there is nothing of it.
if (recorded.length > 0)
  describe('recorded traffic of media endpoints', () => {
    test.each(recorded.map((one) => [one.id, one] as const))(
      '%s passes byte for byte, and is metered as it says',
      (_id, one) => judge(one),
    )
  })
