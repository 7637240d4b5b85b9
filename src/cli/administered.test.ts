import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runIn } from './test-command.ts'

let folder = ''
const inFolder = (name: string): string => join(folder, name)

/** A command in this process. */
const run = (...args: string[]) => runIn(folder, args)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
  writeFileSync(inFolder('plain.yaml'), 'providers: { main: { kind: openai, keys: [a-key] } }\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MODEL = 'gpt-5-mini'

describe('prices', () => {
  test('are set from now by two numbers, and listed with those of the catalogue', async () => {
    const set = await run('prices', 'set', MODEL, '--input', '7', '--output', '8', '--reason', 'as agreed')
    expect([set.code, set.out]).toEqual([0, expect.stringContaining('is in force. Gateways know within two seconds.')])
    const { data } = JSON.parse((await run('prices', 'list', MODEL, '--json')).out)
    expect(data[0]).toMatchObject({ source: 'administrator', set_by: 'command_line', reason: 'as agreed' })
    expect((await run('prices', 'list', MODEL)).out).toMatch(/in_force\s+administrator\s+7\.000000000[\s\S]*built-in/)
  })

  test('are set to come by a file, and withdrawn', async () => {
    writeFileSync(
      inFolder('price.json'),
      JSON.stringify({ input: '9', tiers: [{ above_input_tokens: 5, input: '1' }] }),
    )
    const from = new Date(Date.now() + 86_400_000).toISOString()
    const set = await run('prices', 'set', MODEL, '--file', inFolder('price.json'), '--from', from, '--json')
    const { id, state, price } = JSON.parse(set.out)
    expect([state, price.tiers[0].input]).toEqual(['to_come', '1.000000000'])
    const withdrawn = await run('prices', 'withdraw', id, '--model', MODEL)
    expect([withdrawn.code, withdrawn.out]).toEqual([0, expect.stringContaining('is withdrawn.')])
  })

  test.each([
    [['set', MODEL], 2, 'Either --input or --file is missing.'],
    [['set', MODEL, '--file', 'x', '--input', '1'], 2, '--file has the whole price'],
    [['set', MODEL, '--file', 'nothing.json'], 2, 'nothing.json cannot be read as JSON'],
    [['set', MODEL, '--input', '-'], 2, 'input must be a decimal string'],
    [['set', 'nothing', '--input', '1'], 1, 'There is no model'],
    [['withdraw', 'price_x'], 2, '--model is missing.'],
    [['withdraw', 'price_x', '--model', MODEL], 1, 'There is no price'],
  ] as const)('%j is refused', async (args, code, problem) => {
    const refused = await run('prices', ...args)
    expect([refused.code, refused.problems]).toEqual([code, expect.stringContaining(problem)])
  })
})

test('a provider is paused and resumed, and the list says which is', async () => {
  expect((await run('providers', 'list')).out).toMatch(/main\s+openai\s+not paused/)
  const paused = await run('providers', 'pause', 'main', '--reason', 'invoice unpaid')
  expect([paused.code, paused.out]).toEqual([0, expect.stringContaining('Provider main is paused since ')])
  expect((await run('providers', 'list')).out).toMatch(/main\s+openai\s+paused since \S+\s+invoice unpaid/)
  expect((await run('providers', 'resume', 'main')).out).toContain('Provider main is not paused.')
  const unknown = await run('providers', 'pause', 'nobody')
  expect([unknown.code, unknown.problems]).toEqual([1, expect.stringContaining('There is no provider')])
})

test('reload checks the configuration before it tells gateways', async () => {
  const told = await run('reload')
  expect([told.code, told.out]).toEqual([0, expect.stringContaining('plain.yaml is right.')])
  writeFileSync(inFolder('plain.yaml'), 'plans: { basic: { rpm: none } }\n')
  const refused = await run('reload')
  expect([refused.code, refused.problems]).toEqual([78, expect.stringContaining('plans.basic.rpm')])
})
