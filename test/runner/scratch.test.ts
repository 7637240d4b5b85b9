import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openScratch } from './scratch.ts'

/** No process has a number as high: Linux ends at 4,194,304. */
const GONE = 99_999_999
const HOUR_MS = 60 * 60_000

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'tollgate-test-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const make = (name: string, ageMs: number, files: Readonly<Record<string, string>> = {}): void => {
  mkdirSync(join(base, name, 'data'), { recursive: true })
  for (const [path, text] of Object.entries(files)) writeFileSync(join(base, name, path), text)
  const at = new Date(Date.now() - ageMs)
  utimesSync(join(base, name, 'data'), at, at)
  utimesSync(join(base, name), at, at)
}

describe('the folder of a test run', () => {
  test('is written by everybody, as servers that are not root need, and says how much is free', () => {
    const scratch = openScratch(base)
    expect(statSync(scratch.folder).mode & 0o1777).toBe(0o1777)
    expect(scratch.freeBytes).toBeGreaterThan(0)
  })

  test('is empty after it was cleared, and gone after it was removed', () => {
    const scratch = openScratch(base)
    make(join(scratch.folder.slice(base.length + 1), 'left'), 0, { 'data/file': 'text' })
    scratch.clear()
    expect(readdirSync(scratch.folder)).toEqual([])
    scratch.remove()
    expect(existsSync(scratch.folder)).toBe(false)
  })

  test.each([
    ['a run that was killed', `tollgate-run-${GONE}-abc`, 2 * HOUR_MS, {}, false],
    ['a run whose process cannot be seen, but writes', `tollgate-run-${GONE}-abc`, 0, {}, true],
    ['a run that goes on', `tollgate-run-${process.pid}-abc`, 2 * HOUR_MS, {}, true],
    [
      'a server that is down and wrote just now',
      'tollgate-postgres-abc',
      2 * HOUR_MS,
      { 'data/postmaster.pid': `${GONE}\n/`, log: '' },
      true,
    ],
    ['a server that was killed', 'tollgate-postgres-abc', 2 * HOUR_MS, { 'data/postmaster.pid': `${GONE}\n/` }, false],
    ['a server that runs', 'tollgate-postgres-abc', 2 * HOUR_MS, { 'data/postmaster.pid': `${process.pid}\n/` }, true],
    ['what belongs to somebody else', 'tollgate-data', 2 * HOUR_MS, {}, true],
  ])('the next run finds %s', (_what, name, ageMs, files, stays) => {
    make(name, ageMs, files)
    openScratch(base)
    expect(existsSync(join(base, name))).toBe(stays)
  })
})
