import { readJson, writeJson } from '../../../src/canon/json-text.ts'
import { translateAnswer } from '../../../src/translation/answer.ts'
import { readRequest, reversalOf, type WrittenRequest, writeRequest } from '../../../src/translation/request.ts'
import { faultsOf } from '../validate/validate.ts'
import type { Told } from './arbitraries-answers.ts'
import { CARRIERS, codecFor, FAMILY, type Format, operationFor, profileFor } from './lanes.ts'
import { type Habit, nextRequest, question, turnOf } from './replay.ts'
import { whole } from './streams.ts'

type Json = Record<string, unknown>

/** The upstream of these conversations wants its reasoning back. */
const profileOf = (upstream: Format) => {
  const profile = profileFor(upstream)
  if (upstream !== 'openai-chat') return profile
  return { ...profile, reasoning: { ...profile.reasoning, replay: 'reasoning_content' as const } }
}

const ask = (client: Format, upstream: Format, body: Json) => {
  const read = readRequest(codecFor(client), Buffer.from(writeJson(body)), operationFor(client), CARRIERS)
  if (!read.ok) throw new Error(`${read.error.param}: ${read.error.message}`)
  const target = { model: 'there', profile: profileOf(upstream), stream: false }
  const written = writeRequest(codecFor(upstream), read.value, target)
  if (!written.ok) throw new Error(`${written.error.param}: ${written.error.message}`)
  return { read: read.value, written: written.value }
}

const sentBy = ({ body }: WrittenRequest): Json => readJson(body.toString()) as Json

/** One round: what the upstream said, and what it is told that it said when the conversation goes on. */
export const round = (client: Format, upstream: Format, { events }: Told, habit: Habit) => {
  const first = question(client)
  const asked = ask(client, upstream, first)
  const answered = whole(upstream, events)
  const reversal = reversalOf(
    {
      ...asked.read,
      conversation: {
        ...asked.read.conversation,
        settings: { ...asked.read.conversation.settings, reasoning: VISIBLE },
      },
    },
    asked.written.rendered,
    { requestId: 'req_1', createdAtMs: 0, carriers: CARRIERS },
  )
  const lane = {
    upstream: codecFor(upstream),
    client: codecFor(client),
    source: { family: FAMILY[upstream], requestId: 'req_1' },
    reversal,
  }
  const translated = translateAnswer(lane, answered)
  if (!translated.ok) throw new Error(translated.error.message)
  const second = nextRequest(client, first, readJson(translated.value.body) as Json, habit)
  const again = ask(client, upstream, second)
  return {
    said: turnOf(upstream, readJson(answered.toString()) as Json),
    told: turnOf(upstream, sentBy(again.written)),
    faults: faultsOf(upstream, JSON.parse(again.written.body.toString()), { knows: ['reasoning_content'] }),
  }
}

const VISIBLE = { value: { mode: 'adaptive', visible: true }, pointer: '/thinking' } as const

/**
 * Answers that a history can repeat: whole ones, that end in words or calls (OpenAI refuses reasoning that nothing follows),
 * and to a client of Chat without words behind calls, for which a message has no place.
 */
export const isRepeatable = (client: Format, { events }: Told): boolean => {
  const kinds = events.flatMap((event) => (event.type === 'open' ? [event.opening.kind] : []))
  const isNatural = events.some((event) => event.type === 'stop' && event.stop.reason === 'natural')
  const called = kinds.indexOf('tool-call')
  const isInOrder = called === -1 || !kinds.slice(called).includes('text')
  return isNatural && kinds.length > 0 && kinds.at(-1) !== 'reasoning' && (client !== 'openai-chat' || isInOrder)
}
