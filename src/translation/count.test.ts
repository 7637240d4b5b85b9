import { expect, test } from 'bun:test'
import { countingBody } from './count.ts'

const body = (names: string): Record<string, string> =>
  Object.fromEntries(names.split(' ').map((name) => [name, `the ${name}`]))

test.each([
  ['anthropic-messages', 'model messages system tools tool_choice thinking output_config cache_control', 'max_tokens'],
  [
    'openai-responses',
    'model input instructions tools tool_choice text reasoning parallel_tool_calls truncation',
    'max_output_tokens',
  ],
] as const)('%s is asked to count all of a request that it counts, and nothing else', (format, taken, refused) => {
  expect(countingBody(format, body(`${taken} ${refused} stream`))).toEqual(body(taken))
})

test('Gemini is asked with what its codec wrote', () => {
  expect(countingBody('gemini', body('generateContentRequest'))).toEqual(body('generateContentRequest'))
})
