import { expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WireFormat } from '../../src/canon/operation.ts'
import type { Observation } from '../../src/canon/protocol.ts'
import { inputTotal } from '../../src/canon/usage.ts'
import { readFromTail, readWhole } from '../../src/protocols/answer.ts'
import type { AnswerFormat } from '../../src/protocols/answer-format.ts'
import { anthropicAnswers } from '../../src/protocols/anthropic-messages/stream.ts'
import { geminiAnswers } from '../../src/protocols/gemini/stream.ts'
import { openAiChatAnswers } from '../../src/protocols/openai-chat/stream.ts'
import { openAiCompletionsAnswers } from '../../src/protocols/openai-completions/stream.ts'
import { openAiEmbeddingsAnswers } from '../../src/protocols/openai-embeddings/stream.ts'
import { openAiResponsesAnswers } from '../../src/protocols/openai-responses/stream.ts'
import { createTap } from '../../src/protocols/tap.ts'
import { type Expected, expectedOf } from './usage-oracle.ts'

/**
 * Every recorded answer with status 200, metered and compared with what its own JSON reports, read by an oracle that
 * shares no code with the product. Registers nothing where the recordings are not present.
 */
const FOLDER = process.env.TOLLGATE_RECORDINGS ?? join(import.meta.dir, '../../../shared/recordings')

const READERS: Readonly<Record<string, { readonly format: WireFormat; readonly answers: AnswerFormat }>> = {
  'openai.chat': { format: 'openai-chat', answers: openAiChatAnswers },
  'openai.responses': { format: 'openai-responses', answers: openAiResponsesAnswers },
  'anthropic.messages': { format: 'anthropic-messages', answers: anthropicAnswers },
  'gemini.generateContent': { format: 'gemini', answers: geminiAnswers },
  'openai.completions': { format: 'openai-completions', answers: openAiCompletionsAnswers },
  'openai.embeddings': { format: 'openai-embeddings', answers: openAiEmbeddingsAnswers },
  'gemini.embedContent': { format: 'gemini', answers: geminiAnswers },
}

/** Streams that end without their format's own end, each for a reason of its own. */
const UNENDED: Readonly<Record<string, string>> = {
  'groq-openai-chat-s-2c340192aef5': 'an error event ends it',
  'groq-openai-chat-s-929ff080d1b5': 'an error event ends it',
  'writer-openai-completions-s-428ccfc9c560': 'a format of its own: data: {"value": …}',
}

interface Recording {
  readonly id: string
  readonly stream: boolean
  readonly response: { readonly status: number; readonly body: unknown; readonly leading_whitespace?: string }
}

const load = (api: string): readonly Recording[] =>
  readdirSync(join(FOLDER, api))
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(FOLDER, api, name), 'utf8')) as Recording)
    .filter(({ response }) => response.status === 200)

const wireBytes = ({ response }: Recording): Buffer =>
  Buffer.from(
    typeof response.body === 'string'
      ? response.body
      : `${response.leading_whitespace ?? ''}${JSON.stringify(response.body)}`,
  )

const tapped = (answers: AnswerFormat, bytes: Buffer, cut: number): Observation => {
  const tap = createTap(answers, { withholdUsage: false, eventBytesMax: 16_777_216, deliveredBytesMax: 1_048_576 })
  for (let at = 0; at < bytes.length; at += cut) tap.push(bytes.subarray(at, at + cut))
  tap.rest()
  return tap.observe()
}

const observed = (api: string, recording: Recording): Observation => {
  const answers = READERS[api]?.answers ?? openAiChatAnswers
  const bytes = wireBytes(recording)
  if (recording.stream) return tapped(answers, bytes, 4_096)
  if (api === 'openai.embeddings') return readFromTail(answers, bytes, Buffer.from('"usage"'))
  return api === 'gemini.embedContent'
    ? readFromTail(answers, bytes, Buffer.from('"usageMetadata"'))
    : readWhole(answers, bytes)
}

/** What the product metered, in the oracle's terms. */
const metered = ({ usage }: Observation): Expected | undefined =>
  usage && {
    input: inputTotal(usage),
    output: usage.output + usage.outputAudio,
    cacheRead: usage.cacheRead,
    cacheWrite: usage.cacheWrite5m + usage.cacheWrite1h,
    reasoning: usage.reasoning,
    audio: usage.inputAudio + usage.outputAudio,
  }

if (existsSync(FOLDER)) {
  for (const api of Object.keys(READERS)) {
    const recordings = load(api)

    test(`each of ${recordings.length} ${api} answers is metered as its vendor reported it`, () => {
      const notes = new Map<string, number>()
      const wrong = recordings.flatMap((recording) => {
        const is = metered(observed(api, recording))
        const should = expectedOf(api, recording.response.body)
        for (const note of should.notes) notes.set(note, (notes.get(note) ?? 0) + 1)
        return Bun.deepEquals(is, should.expected) ? [] : [{ id: recording.id, is, should }]
      })
      expect(wrong).toEqual([])
      const told = [...notes].map(([note, times]) => `${times} × ${note}`).join('; ')
      console.info(`${api}: ${recordings.length} answers metered as reported${told && ` (${told})`}`)
    })

    test(`each ${api} stream reaches its end, but for those that have none`, () => {
      const streams = recordings.filter(({ stream }) => stream)
      const unended = streams.filter((recording) => !observed(api, recording).terminal).map(({ id }) => id)
      expect(unended.filter((id) => !(id in UNENDED))).toEqual([])
    })

    test(`${api} streams are read the same cut into 7 bytes and whole`, () => {
      for (const recording of recordings.filter(({ stream }) => stream).slice(0, 60)) {
        const { answers } = READERS[api] ?? { answers: openAiChatAnswers }
        const bytes = wireBytes(recording)
        expect(tapped(answers, bytes, 7)).toEqual(tapped(answers, bytes, bytes.length))
      }
    })
  }
}
