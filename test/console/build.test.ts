import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '..', '..')

/** A copy of the project as far as its build goes, with the least of sources. */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-build-'))
  for (const path of ['bin', 'console/build', 'console/package.json', 'console/index.html', 'console/vite.config.ts'])
    cpSync(join(ROOT, path), join(folder, path), { recursive: true })
  mkdirSync(join(folder, 'console', 'src'))
  mkdirSync(join(folder, 'console', 'public'))
  writeFileSync(join(folder, 'console', 'src', 'main.tsx'), "document.title = 'built'\n")
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (script: string): { code: number | null; said: string } => {
  const ended = spawnSync('node', [join(folder, 'bin', script)], { cwd: tmpdir(), encoding: 'utf8' })
  return { code: ended.status, said: `${ended.stdout}${ended.stderr}` }
}
const built = (): boolean => existsSync(join(folder, 'console', 'dist', 'index.html'))

describe('building the console', () => {
  test('without what builds it says what to run, and the start goes on', () => {
    expect(run('console.mjs')).toEqual({ code: 1, said: expect.stringContaining('npm ci') })
    expect(built()).toBe(false)
    // There is no Bun in this folder either, which is what ends this start.
    expect(run('start.mjs').said).toMatch(/Vite is not installed[\s\S]*Bun is not installed/)
  })

  test('is done once, and again when a source has changed', () => {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    expect(run('console.mjs')).toEqual({ code: 0, said: expect.stringMatching(/^Building the console.*\n$/) })
    expect(built()).toBe(true)
    expect(run('console.mjs')).toEqual({ code: 0, said: '' })
    appendFileSync(join(folder, 'console', 'src', 'main.tsx'), "document.title = 'built again'\n")
    expect(run('console.mjs').said).toContain('Building the console')
  })

  test('that fails says so, and leaves what was there', () => {
    appendFileSync(join(folder, 'console', 'src', 'main.tsx'), 'const = broken\n')
    expect(run('console.mjs')).toEqual({ code: 1, said: expect.stringContaining('could not be built') })
    expect(built()).toBe(true)
  })

  test('is not asked for where only the build was delivered', () => {
    rmSync(join(folder, 'console', 'src'), { recursive: true })
    expect(run('console.mjs')).toEqual({ code: 0, said: '' })
  })
})
