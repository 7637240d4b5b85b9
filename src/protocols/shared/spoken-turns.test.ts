import { expect, test } from 'bun:test'
import type { Block } from '../../canon/blocks.ts'
import type { Turn } from '../../canon/conversation.ts'
import { spokenTurns } from './spoken-turns.ts'

const text: Block = { kind: 'text', text: 'Be brief.' }
const tools: Block = {
  kind: 'vendor',
  type: 'additional_tools',
  text: '',
  opaque: { family: 'openai', kind: 'native-block', data: '{}' },
}

test('instructions lose what only a vendor’s client reads, and turns of nothing else go', () => {
  const turn = { role: 'developer', pointer: '/input/0' } as const
  expect(spokenTurns([{ ...turn, blocks: [tools] }])).toEqual([])
  expect(spokenTurns([{ ...turn, blocks: [tools, text] }])).toEqual([{ ...turn, blocks: [text] }])
})

test('turns without it are the same objects, and the model’s own items stay', () => {
  const turns: readonly Turn[] = [
    { role: 'system', blocks: [text], pointer: '/instructions' },
    { role: 'assistant', blocks: [tools], pointer: '/input/0' },
  ]
  expect(spokenTurns(turns).map((turn, index) => turn === turns[index])).toEqual([true, true])
})
