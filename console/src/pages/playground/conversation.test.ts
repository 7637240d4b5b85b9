import { expect, test } from 'bun:test'
import { warningsIn } from './ask.ts'
import {
  type AssistantTurn,
  openCalls,
  reworded,
  type Turn,
  turnsToSend,
  turnsUpTo,
  type UserTurn,
} from './conversation.ts'
import { IMAGE_MEGABYTES_MAX, IMAGES_MAX, imageFaultOf } from './images.ts'

const said = (id: string, text = id): UserTurn => ({ role: 'user', id, text, images: [] })
const answer = (id: string): AssistantTurn => ({ role: 'assistant', id, parts: [{ kind: 'text', text: id }] })
const STATE = { format: 'gemini', value: { thoughtSignature: 's' } } as const
const calling: AssistantTurn = {
  role: 'assistant',
  id: 'c',
  parts: [
    { kind: 'thinking', text: 'hm', state: STATE },
    { kind: 'text', text: 'Wait.', state: STATE },
    { kind: 'call', id: 'c1', name: 'f', arguments: '{}', state: STATE },
  ],
}
const ids = (turns: readonly Turn[]): string => turns.map(({ id }) => id).join('')

test.each<[string, readonly Turn[], UserTurn | undefined, string]>([
  ['what is being written comes last', [said('1'), answer('2')], said('3'), '123'],
  ['with nothing written, it is the request that was answered', [said('1'), answer('2')], said('3', ' '), '1'],
  ['a message without an answer is asked about', [said('1')], undefined, '1'],
  ['a picture alone is a message', [], { ...said('1', ''), images: [{ name: '', mediaType: '', base64: '' }] }, '1'],
])('of the turns to send: %s', (_, turns, next, expected) => {
  expect(ids(turnsToSend(turns, next))).toBe(expected)
})

test('asking again takes what stands before an answer, and a message with what stands before it', () => {
  const turns = [said('1'), answer('2'), said('3'), answer('4')]
  expect(['4', '3', '2', '1'].map((id) => ids(turnsUpTo(turns, id)))).toEqual(['123', '123', '1', '1'])
})

test('calls are open until something follows them', () => {
  expect(openCalls([said('1'), calling]).map(({ id }) => id)).toEqual(['c1'])
  expect(openCalls([calling, { role: 'tool', id: 't', results: [] }])).toEqual([])
})

test('an answer in other words holds nothing that its vendor signed or thought, and keeps its calls', () => {
  expect(reworded(calling, 'Go.').parts).toEqual([
    { kind: 'text', text: 'Go.' },
    { kind: 'call', id: 'c1', name: 'f', arguments: '{}' },
  ])
  expect(reworded(calling, ' ').parts).toHaveLength(1)
})

test.each([
  [null, []],
  ['', []],
  ['/messages/0/name;unmapped, /a%2Cb;dropped', ['/messages/0/name;unmapped', '/a,b;dropped']],
  ['100%', ['100%']],
])('the warnings of %p are read as receipts have them', (header, warnings) => {
  expect(warningsIn(header)).toEqual(warnings)
})

test.each([
  ['image/png', 1, 0, undefined],
  ['image/png', IMAGE_MEGABYTES_MAX * 1_000_000, 0, undefined],
  ['image/png', IMAGE_MEGABYTES_MAX * 1_000_000 + 1, 0, 'size'],
  ['image/svg+xml', 1, 0, 'type'],
  ['', 1, 0, 'type'],
  ['image/webp', 1, IMAGES_MAX, 'count'],
])('a file of type %p with %d bytes beside %d others is refused for %p', (type, size, attached, fault) => {
  expect(imageFaultOf({ type, size }, attached)).toBe(fault as never)
})
