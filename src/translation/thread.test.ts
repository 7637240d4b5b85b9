import { describe, expect, test } from 'bun:test'
import type { AnswerEvent } from '../canon/answer.ts'
import type { Carriers } from '../canon/codec.ts'
import type { Turn } from '../canon/conversation.ts'
import { parseRequest } from '../protocols/openai-chat/parse-request.ts'
import { createSpeech, keysOf, threadOf } from './thread.ts'

const CARRIERS: Carriers = { seal: () => '', open: () => undefined }

/** The turns of a Chat history, as the gateway reads them. */
const turnsOf = (messages: readonly object[]): readonly Turn[] => {
  const read = parseRequest({ model: 'm', messages }, { format: 'openai-chat', action: 'generate' }, CARRIERS)
  if (!read.ok) throw new Error(read.error.message)
  return read.value.conversation.turns
}
const isAssistant = ({ role }: Turn): boolean => role === 'assistant'
/** The key of a history's last answer. */
const keyIn = (messages: readonly object[]): string | undefined =>
  [...keysOf(turnsOf(messages), isAssistant).values()].at(-1)

const called = (args: string, id = 'look:0', name = 'look') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const ARGUMENTS = '{"city":"Öland","days":1,"deep":{"a":[1,null],"b":true}}'
const SYSTEM = { role: 'system', content: 'The user is Ada.' }
const ASKED = { role: 'user', content: 'Weather?' }
const EARLIER = [
  { role: 'assistant', content: 'Let me look.', tool_calls: [called('{"x":1,"y":2}')] },
  { role: 'tool', tool_call_id: 'look:0', content: 'Rain.' },
]
const LAST = { role: 'assistant', content: 'Once more.', tool_calls: [called(ARGUMENTS), called('{}', 'look:1')] }
const HISTORY: readonly object[] = [SYSTEM, ASKED, ...EARLIER, LAST]
const withLast = (last: object): readonly object[] => [SYSTEM, ASKED, ...EARLIER, { ...LAST, ...last }]
const withEarlier = (earlier: object, result: object = {}): readonly object[] => [
  SYSTEM,
  ASKED,
  { ...EARLIER[0], ...earlier },
  { ...EARLIER[1], ...result },
  LAST,
]

describe('an answer is known again', () => {
  const ROWS: readonly (readonly [string, readonly object[]])[] = [
    ['in the same words', HISTORY],
    [
      'with its text in parts',
      withLast({
        content: [
          { type: 'text', text: 'Once ' },
          { type: 'text', text: 'more.' },
        ],
      }),
    ],
    ['with blanks at the ends of its text', withLast({ content: '\nOnce more. ' })],
    [
      'with arguments in another layout, order and notation',
      withLast({
        tool_calls: [
          called('{ "deep": {"b":true,"a":[1.0, null]},\n "days":1e0, "city":"\\u00d6land" }'),
          called('', 'look:1'),
        ],
      }),
    ],
    ['with members that are null', withLast({ refusal: null, audio: null, function_call: null, name: null })],
    ['with the reasoning in words', withLast({ reasoning_content: 'hm' })],
    [
      'after a question in parts',
      [SYSTEM, { role: 'user', content: [{ type: 'text', text: 'Weather?' }] }, ...EARLIER, LAST],
    ],
    ['after earlier arguments in another order', withEarlier({ tool_calls: [called('{"y": 2, "x": 1}')] })],
    ['after a result in parts', withEarlier({}, { content: [{ type: 'text', text: 'Rain.' }] })],
    ['after a turn that says nothing', [SYSTEM, ASKED, { role: 'assistant', content: '' }, ...EARLIER, LAST]],
    ['after a developer in place of the system', [{ ...SYSTEM, role: 'developer' }, ASKED, ...EARLIER, LAST]],
    ['whatever comes after it', [...HISTORY, { role: 'tool', tool_call_id: 'look:0', content: 'Sun.' }]],
  ]
  test.each(ROWS)('%s', (_, messages) => {
    expect(keyIn(messages)).toBe(keyIn(HISTORY) as string)
  })
})

describe('an answer is another', () => {
  const image = (data: string) => ({
    role: 'user',
    content: [
      { type: 'text', text: 'Weather?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
    ],
  })
  const HERE = keyIn(HISTORY)
  const ROWS: readonly (readonly [string, readonly object[]])[] = [
    ['with other words', withLast({ content: 'Twice more.' })],
    ['without its words', withLast({ content: null })],
    ['with another id of a call', withLast({ tool_calls: [called(ARGUMENTS, 'look:2'), called('{}', 'look:1')] })],
    [
      'with another name of a call',
      withLast({ tool_calls: [called(ARGUMENTS, 'look:0', 'see'), called('{}', 'look:1')] }),
    ],
    ['with other arguments', withLast({ tool_calls: [called('{"city":"Oland"}'), called('{}', 'look:1')] })],
    ['with a call less', withLast({ tool_calls: [called(ARGUMENTS)] })],
    ['with its calls in another order', withLast({ tool_calls: LAST.tool_calls.toReversed() })],
    ['after another question', [SYSTEM, { ...ASKED, content: 'Whether?' }, ...EARLIER, LAST]],
    ['after a question with an image', [SYSTEM, image('aGk='), ...EARLIER, LAST]],
    ['after the same words of somebody else', [SYSTEM, { ...ASKED, role: 'assistant' }, ...EARLIER, LAST]],
    ['after another system prompt', [{ ...SYSTEM, content: 'The user is Bob.' }, ASKED, ...EARLIER, LAST]],
    ['after a result in other words', withEarlier({}, { content: 'Sun.' })],
    ['after a call with other arguments', withEarlier({ tool_calls: [called('{"x":2,"y":1}')] })],
    ['after fewer turns', [SYSTEM, ASKED, LAST]],
  ]
  test.each(ROWS)('%s', (_, messages) => {
    expect(keyIn(messages)).toMatch(/^[\w-]{43}$/)
    expect(keyIn(messages)).not.toBe(HERE as string)
  })

  test('after another image', () => {
    expect(threadOf(turnsOf([image('aGk=')]))).not.toBe(threadOf(turnsOf([image('aGo=')])))
  })
})

describe('an answer that comes in pieces has the key that its history gives it', () => {
  const TEXT = `  Ein Wörtchen \u{1f30a}\n${'and more 🌊 of it '.repeat(1_500)}\n\n `
  const deltas = (key: number, text: string, size: number): readonly AnswerEvent[] =>
    Array.from({ length: Math.ceil(text.length / size) }, (_, at) => ({
      type: 'delta',
      key,
      text: text.slice(at * size, (at + 1) * size),
    }))
  const opened = (key: number, id: string): AnswerEvent => ({
    type: 'open',
    key,
    opening: { kind: 'tool-call', id, name: 'look', form: 'function' },
  })

  test.each([1, 2, 3, 7, 8_191, 100_000])('cut after every %p code units', (size) => {
    const [one, other] = [deltas(1, ARGUMENTS, size), deltas(2, '{"emoji":"🌊"}', size)]
    const events: readonly AnswerEvent[] = [
      { type: 'open', key: 9, opening: { kind: 'reasoning' } },
      ...deltas(9, 'not said', size),
      { type: 'open', key: 0, opening: { kind: 'text' } },
      ...deltas(0, TEXT, size),
      opened(1, 'look:0'),
      opened(2, 'look:1'),
      ...one.flatMap((event, at) => [event, ...(other[at] ? [other[at]] : [])]),
      ...other.slice(one.length),
      { type: 'close', key: 2 },
      { type: 'close', key: 1 },
      { type: 'close', key: 0 },
    ]
    const speech = createSpeech()
    for (const event of events) speech.push(event)
    const tool_calls = [called(ARGUMENTS), called('{"emoji":"\\ud83c\\udf0a"}', 'look:1')]
    const history = [SYSTEM, ASKED, { role: 'assistant', content: TEXT, tool_calls }]
    expect(speech.key(turnsOf([SYSTEM, ASKED]))).toBe(keyIn(history) as string)
  })
})

test('a long history is read once, however many of its answers are asked for', () => {
  let reads = 0
  const counted = (turn: Turn): Turn => ({
    ...turn,
    get blocks() {
      reads += 1
      return turn.blocks
    },
  })
  const messages = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? ASKED : LAST))
  expect(keysOf(turnsOf(messages).map(counted), isAssistant).size).toBe(100)
  expect(reads).toBeLessThan(messages.length * 8)
})

test('arguments of any depth have a key', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  expect(keyIn([ASKED, { ...LAST, tool_calls: [called(deep)] }])).toMatch(/^[\w-]{43}$/)
})
