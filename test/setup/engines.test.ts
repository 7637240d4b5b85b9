import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applySteps, mergeOut } from '../../src/setup/edit.ts'
import { escapeLines, pointerOf } from '../../src/setup/manifest.ts'
import { AWK_PARTS, POWERSHELL_PARTS } from '../../src/setup/script.ts'
import type { Result } from '../../src/result.ts'
import { CASES, type Case, changesOf } from './cases.ts'
import { needTools } from './tools.ts'

// What runs the script for PowerShell takes its time to begin on a machine with other work.
setDefaultTimeout(240_000)

/** One thing for an editor to do, and what the command's editor makes of it. */
interface Task {
  readonly mode: 'edit' | 'out'
  readonly one: Case
  readonly text: string
  readonly before: string
  readonly expected: Result<string, string>
}

const stepsOf = (one: Case) => changesOf(one).map((change) => ({ ...change, file: '' }))

const TASKS: readonly Task[] = CASES.flatMap((one): Task[] => {
  const made = applySteps(one.before, stepsOf(one), '')
  const edit: Task = { mode: 'edit', one, text: one.before, before: '', expected: made }
  if (!made.ok) return [edit]
  return [
    edit,
    {
      mode: 'out',
      one,
      text: made.value,
      before: one.before,
      expected: mergeOut(made.value, one.before, changesOf(one)),
    },
  ]
})

const rowsOf = (one: Case): readonly string[] =>
  changesOf(one).map(({ syntax, path, value, ifAbsent }) =>
    [ifAbsent ? 'given' : 'set', syntax, pointerOf(path), escapeLines(value)].join('\t'),
  )

const folder = mkdtempSync(join(tmpdir(), 'tollgate-engines-'))
const scripts = join(import.meta.dir, '..', '..', 'src', 'setup', 'scripts')
const partsOf = (names: readonly string[]): string =>
  names.map((name) => readFileSync(join(scripts, name), 'utf8')).join('\n')

beforeAll(() => needTools())

describe('the editor of the script for shells', () => {
  test.each([
    ['mawk', []],
    ['gawk', ['--posix']],
    ['gawk', []],
    ['original-awk', []],
    ['busybox', ['awk']],
  ] as const)('does in %s %j what the editor of the command does', (program, args) => {
    const awk = join(folder, 'edit.awk')
    const [file, before] = [join(folder, 'file'), join(folder, 'before')]
    writeFileSync(awk, partsOf(AWK_PARTS))
    for (const task of TASKS) {
      writeFileSync(file, Buffer.from(task.text, 'latin1'))
      writeFileSync(before, Buffer.from(task.before, 'latin1'))
      const ran = spawnSync(program, [...args, '-f', awk], {
        input: `mode\t${task.mode}\n${rowsOf(task.one).join('\n')}\n`,
        env: { PATH: process.env.PATH, LC_ALL: 'C', TG_FILE: file, TG_BEFORE: before },
        encoding: 'latin1',
      })
      const said = ran.status === 0 ? { ok: true, value: ran.stdout } : { ok: false, error: ran.stdout }
      expect([task.mode, task.text, ran.stderr, said]).toEqual([task.mode, task.text, '', task.expected])
    }
  })
})

describe('the editor of the script for PowerShell', () => {
  test('does what the editor of the command does', () => {
    const paths = { program: join(folder, 'program.cs'), exe: join(folder, 'edit.exe') }
    writeFileSync(paths.program, partsOf(POWERSHELL_PARTS.filter((name) => name.endsWith('.cs'))))
    const flags = ['-langversion:5', '-noconfig', '-nologo', '-r:System.dll', `-out:${paths.exe}`]
    const built = spawnSync('mcs', [...flags, paths.program, join(import.meta.dir, 'edit-host.cs')], {
      encoding: 'utf8',
    })
    expect(built.stdout + built.stderr).toBe('')
    const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')
    const input = TASKS.map(({ mode, one, text, before }) => {
      const rows = rowsOf(one)
      return `${[mode, rows.length, ...rows, base64(text), base64(before)].join('\n')}\n`
    }).join('')
    const ran = spawnSync('mono', [paths.exe], { input, encoding: 'utf8' })
    expect(ran.stderr).toBe('')
    const said = ran.stdout
      .trimEnd()
      .split('\n')
      .map(
        (line): Result<string, string> =>
          line.startsWith('made ')
            ? { ok: true, value: Buffer.from(line.slice('made '.length), 'base64').toString('latin1') }
            : { ok: false, error: line.slice('refused '.length) },
      )
    expect(said.length).toBe(TASKS.length)
    for (const [index, task] of TASKS.entries())
      expect([task.mode, task.text, said[index]]).toEqual([task.mode, task.text, task.expected])
  })
})
