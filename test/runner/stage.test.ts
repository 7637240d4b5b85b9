import { describe, expect, test } from 'bun:test'
import { runStage, type Stage, scoreOf } from './stage.ts'

const bun: Stage = { name: 'a', command: [], counted: 'bun' }
const types: Stage = { name: 'b', command: [], counted: 'exit' }

describe('the score of a stage', () => {
  test.each([
    ['counts what bun counted', bun, 1, ' 12 pass\n 1 skip\n 3 fail\n', { passed: 12, failed: 3, skipped: 1 }],
    ['sees through colours', bun, 0, '\u001b[32m 12 pass\u001b[0m\n 0 fail\n', { passed: 12, failed: 0, skipped: 0 }],
    ['is a failure when no test ran', bun, 0, ' 0 pass\n 0 fail\n', { passed: 0, failed: 1, skipped: 0 }],
    [
      'is a failure when it ended badly after its tests',
      bun,
      134,
      ' 5 pass\n 0 fail\n',
      { passed: 5, failed: 1, skipped: 0 },
    ],
    ['is a failure when nothing was said', bun, null, '', { passed: 0, failed: 1, skipped: 0 }],
    ['is one check for a command without tests', types, 0, '', { passed: 1, failed: 0, skipped: 0 }],
    ['is one failed check when that command fails', types, 2, ' 3 pass\n', { passed: 0, failed: 1, skipped: 0 }],
  ] as const)('%s', (_what, stage, code, output, score) => {
    expect(scoreOf(stage, code, output)).toEqual({ ...score, failures: [] })
  })

  test('names each failed test once, without its time', () => {
    const output =
      '(pass) a > b [1.00ms]\n(fail) a > c (d) [0.35ms]\n\n1 tests failed:\n(fail) a > c (d) [0.35ms]\n(fail) e\n 1 fail\n'
    expect(scoreOf(bun, 1, output).failures).toEqual(['a > c (d)', 'e'])
  })

  test('is a failure when what it needs cannot be had, and its command is not run', async () => {
    const prepare = async () => {
      throw new Error('run `npm ci`')
    }
    expect(await runStage({ ...types, command: ['true'], prepare })).toMatchObject({ passed: 0, failed: 1 })
    expect(await runStage({ ...types, command: ['true'], prepare: async () => undefined })).toMatchObject({ passed: 1 })
  })

  test('is a failure for a program that does not exist', async () => {
    expect(await runStage({ ...types, command: ['/nowhere/program'] })).toMatchObject({ passed: 0, failed: 1 })
  })
})
