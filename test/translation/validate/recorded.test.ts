import { describe, expect, test } from 'bun:test'
import { UNJUDGED } from '../../recorded/exceptions.ts'
import { ownFixtures, recordings, recordingsFolder } from '../../recorded/recordings.ts'
import { type Interaction, loadInteractions } from '../../replay/interaction.ts'
import { judge } from '../../replay/judge.ts'
import { FORMATS, formatOf } from '../conformance.ts'
import { asProtoJson } from './gemini-json.ts'
import { TAKEN, takenAs } from './taken.ts'
import { faultsOf } from './validate.ts'

/** A recorded request as its vendor was sent it. */
const faultsOfRecorded = ({ request, provider, model }: Interaction): readonly string[] => {
  const query = request.query ? `?${request.query}` : ''
  const body = Buffer.from(JSON.stringify(request.body))
  const headers = Object.entries(request.headers ?? {})
  const judgement = judge(
    { target: request.path + query, headers, body },
    { vendor: provider, model: model ?? undefined },
  )
  return judgement?.faults ?? []
}

const asked = (interactions: readonly Interaction[]): readonly Interaction[] =>
  interactions.filter(({ request }) => request.body !== null && typeof request.path === 'string')

const taken = asked([...ownFixtures(), ...recordings()])

/** Sent to endpoints that only look like those of the format. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'ollama-openai-embeddings-u-5034a5f60550': 'Ollama’s own endpoint takes a prompt where OpenAI’s takes an input',
}

test('every recorded request that a vendor took is found to be in order, but for those named one by one', () => {
  const faulty = taken.flatMap((one) => faultsOfRecorded(one).map((fault) => `${one.id}: ${fault}`))
  const named = faulty.filter((line) => Object.keys({ ...UNJUDGED, ...ELSEWHERE }).some((id) => line.startsWith(id)))
  expect(faulty.filter((line) => !named.includes(line))).toEqual([])
  console.log(
    `requests taken by their vendors: ${taken.length} judged, ${new Set(named.map((line) => line.split(':')[0])).size} named exceptions`,
  )
})

/** What a vendor refuses for reasons that no look at the request's form can find. */
const NOT_OF_FORM: Readonly<Record<string, RegExp>> = {
  'the name of a model':
    /does not exist|not a valid model|Invalid model|Model not found|supported API model names|model_not_found/,
  'a key': /API key/,
  'the length of the prompt': /context length|context size|token count|prompt is too long|prompt too long|total length/,
  'what this one model lacks':
    /with this model|not supported with|not enabled for this model|does not support effort|does not support 'system'/,
  'the content of a file, or a fetch of it':
    /Error while downloading|unsupported image|file type you uploaded|Cannot fetch/,
  'what the model said': /did not call a tool|Tool call validation failed/,
  'a response that is gone': /Previous response with id/,
  'an order of DeepSeek’s own: nothing may stand between a call and its output': /No tool output found for tool call/,
}

const whyNotOfForm = ({ response }: Interaction): string | undefined => {
  const said = JSON.stringify(response.body)
  return Object.keys(NOT_OF_FORM).find((why) => NOT_OF_FORM[why]?.test(said))
}

const onRecordings = (folder: string): void => {
  const refused = asked(loadInteractions(folder)).filter(
    (one) => formatOf(one) !== undefined && [400, 422].includes(one.response.status),
  )

  test('every recorded request that a vendor refused for its form is found out', () => {
    const ofForm = refused.filter((one) => whyNotOfForm(one) === undefined)
    const missed = ofForm.filter((one) => faultsOfRecorded(one).length === 0).map(({ id }) => id)
    expect(ofForm.length).toBeGreaterThan(0)
    expect(missed).toEqual([])
    console.log(
      `requests refused by their vendors: ${refused.length}, of which ${ofForm.length} for their form, all found`,
    )
  })

  test('whatever is taken against the documentation was taken in some recording', () => {
    const used = new Set<unknown>()
    for (const { provider, model, request, ...one } of taken) {
      const format = formatOf({ provider, request, ...one })
      if (format === undefined) continue
      const body = format === 'gemini' ? asProtoJson(request.body) : request.body
      for (const fault of faultsOf(format, body, { vendor: provider, model: model ?? undefined }))
        used.add(takenAs(format, provider, fault, body))
    }
    expect(TAKEN.filter((one) => !used.has(one)).map(({ why }) => why)).toEqual([])
  })

  test('each format is among the requests judged', () => {
    for (const format of FORMATS) expect(taken.some((one) => formatOf(one) === format)).toBe(true)
  })
}

const folder = recordingsFolder()
// Not a skipped suite: without recordings there is nothing of it, and the runner says so.
if (folder !== undefined) describe('on recorded traffic', () => onRecordings(folder))
