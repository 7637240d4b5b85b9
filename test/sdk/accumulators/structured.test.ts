import { describe, expect, test } from 'bun:test'
import type Anthropic from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import AnthropicZero from '@anthropic-ai/sdk-0'
import { zodOutputFormat as zodOutputFormatZero } from '@anthropic-ai/sdk-0/helpers/zod'
import fc from 'fast-check'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import type { AnswerEvent, StopReason } from '../../../src/canon/answer.ts'
import type { Reversal } from '../../../src/canon/codec.ts'
import { NO_USAGE } from '../../../src/canon/usage.ts'
import { onlyOnSqlite } from '../../harness/storage.ts'
import { type Format, translateStream } from '../../translation/conformance.ts'
import { FORMATS, TIMEOUT_MS, trials } from '../../translation/proofs/lanes.ts'
import { laneOf, streamed } from '../../translation/proofs/streams.ts'
import { anthropic, genAi, MESSAGES, MODEL, openAi, QUESTION } from './sdks.ts'

const place = z.object({ city: z.string(), tides: z.array(z.number()) })
type Place = z.infer<typeof place>

/** What a user of an SDK's structured outputs is given for a stream. */
type Parse = (text: string) => Promise<unknown>

const parseChat: Parse = async (text) => {
  const response_format = zodResponseFormat(place, 'place')
  const stream = openAi(text).chat.completions.stream({ model: MODEL, messages: MESSAGES, response_format })
  return (await stream.finalChatCompletion()).choices[0]?.message.parsed
}

const parseResponses: Parse = async (text) => {
  const format = zodTextFormat(place, 'place')
  return (await openAi(text).responses.stream({ model: MODEL, input: QUESTION, text: { format } }).finalResponse())
    .output_parsed
}

const parseMessages =
  (Sdk?: typeof Anthropic, formatOf: typeof zodOutputFormat = zodOutputFormat): Parse =>
  async (text) => {
    const output_config = { format: formatOf(place) }
    const stream = anthropic(text, Sdk).messages.stream({
      model: MODEL,
      max_tokens: 100,
      messages: MESSAGES,
      output_config,
    })
    return (await stream.finalMessage()).parsed_output
  }

/** Google's SDK parses nothing: its users do. */
const parseGemini: Parse = async (text) => {
  const config = { responseMimeType: 'application/json', responseJsonSchema: z.toJSONSchema(place) }
  const ask = { model: MODEL, contents: QUESTION, config }
  const chunks = await Array.fromAsync(await genAi(text).models.generateContentStream(ask))
  const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
  return JSON.parse(parts.map((part) => (part.thought ? '' : (part.text ?? ''))).join(''))
}

const PARSERS: readonly (readonly [name: string, client: Format, parse: Parse])[] = [
  ['openai, Chat', 'openai-chat', parseChat],
  ['openai, Responses', 'openai-responses', parseResponses],
  ['@anthropic-ai/sdk 1.x', 'anthropic-messages', parseMessages()],
  [
    '@anthropic-ai/sdk 0.x',
    'anthropic-messages',
    parseMessages(
      AnthropicZero as unknown as typeof Anthropic,
      zodOutputFormatZero as unknown as typeof zodOutputFormat,
    ),
  ],
  ['@google/genai', 'gemini', parseGemini],
]

const ANSWER_TOOL = 'give_answer'

/** How a shape is had of an upstream: what it says for an answer, and what the translation knows of it. */
interface Manner {
  readonly name: string
  readonly events: (json: string, cut: number, isWhole: boolean) => readonly AnswerEvent[]
  readonly reversal: Partial<Reversal>
}

const said = (pieces: readonly string[]): readonly AnswerEvent[] => [
  { type: 'open', key: 0, opening: { kind: 'text' } },
  ...pieces.map((text): AnswerEvent => ({ type: 'delta', key: 0, text })),
  { type: 'close', key: 0 },
]
const split = (text: string, cut: number): readonly string[] => {
  const at = cut % (text.length + 1)
  return [text.slice(0, at), text.slice(at)]
}
const called = (pieces: readonly string[], isWhole: boolean): readonly AnswerEvent[] => [
  { type: 'open', key: 0, opening: { kind: 'tool-call', id: 'call_0', name: ANSWER_TOOL, form: 'function' } },
  ...pieces.map((text): AnswerEvent => ({ type: 'delta', key: 0, text })),
  { type: 'close', key: 0, ...(!isWhole && { cut: true }) },
]

const MANNERS: readonly Manner[] = [
  { name: 'says it as it is', events: (json, cut) => said(split(json, cut)), reversal: {} },
  {
    name: 'says it in a fence, as it was only asked',
    events: (json, cut) => said(split(`\`\`\`json\n${json}\n\`\`\``, cut)),
    reversal: { emulates: { kind: 'json-schema', name: 'place', schema: z.toJSONSchema(place) } },
  },
  {
    name: 'wraps it, as it takes objects only',
    events: (json, cut) => said(split(`{"value": ${json}}`, cut)),
    reversal: { wrapsAnswer: true },
  },
  {
    name: 'calls a tool with it',
    events: (json, cut, isWhole) => called(split(json, cut), isWhole),
    reversal: { answerTool: ANSWER_TOOL },
  },
]

const answered: fc.Arbitrary<Place> = fc.record({
  city: fc.oneof(fc.constantFrom('Köln 👩‍💻', 'a "quoted" \\ one', ''), fc.string({ unit: 'grapheme' })),
  tides: fc.array(fc.integer(), { maxLength: 3 }),
})

const streamFor = (
  client: Format,
  upstream: Format,
  manner: Manner,
  json: string,
  cut: number,
  stop: StopReason,
): string => {
  const plain = laneOf(upstream, client)
  const bytes = streamed(upstream, [
    { type: 'start', id: 'resp_upstream', model: 'm' },
    ...manner.events(json, cut, stop === 'natural'),
    { type: 'usage', usage: NO_USAGE },
    { type: 'stop', stop: { reason: stop } },
    { type: 'end' },
  ])
  return translateStream({ ...plain, reversal: { ...plain.reversal, ...manner.reversal } }, bytes, bytes.length).text
}

const CELLS = PARSERS.flatMap(([name, client, parse]) =>
  MANNERS.map((manner): [string, string, Format, Parse, Manner] => [name, manner.name, client, parse, manner]),
)

onlyOnSqlite('what SDKs make of a stream, without a gateway', () => {
  describe('the structured output of an official SDK', () => {
    test.each(CELLS)(
      '(%s) is the value that an upstream gave that %s',
      async (_name, _manner, client, parse, manner) => {
        await fc.assert(
          fc.asyncProperty(answered, fc.nat(200), fc.constantFrom(...FORMATS), async (value, cut, upstream) => {
            const text = streamFor(client, upstream, manner, JSON.stringify(value), cut, 'natural')
            expect(await parse(text)).toEqual(value)
          }),
          trials(0.1),
        )
      },
      TIMEOUT_MS,
    )

    test.each(CELLS)(
      '(%s) is none where the output limit cut it, of an upstream that %s',
      async (_name, _manner, client, parse, manner) => {
        for (const upstream of FORMATS) {
          const text = streamFor(client, upstream, manner, '{"city":"Bre', 5, 'output-limit')
          const parsed = await parse(text).catch(() => undefined)
          expect([upstream, parsed ?? undefined]).toEqual([upstream, undefined])
        }
      },
    )
  })
})
