import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missedByTypes } from './compile.ts'
import { type Copy, copyTree } from './copy.ts'
import { type Equivalent, EQUIVALENTS } from './equivalents.ts'
import { mappingFiles } from './files.ts'
import { hunt } from './hunt.ts'
import type { Line } from './lines.ts'
import { linesIn } from './parse.ts'
import { isNamed, type Report, reportOf } from './report.ts'
import { ladderOf, quickly } from './rungs.ts'
import { sampleOf } from './sample.ts'

/** A hang, and nothing else. */
const TIMEOUT_MS = 600_000

const ROOT = join(import.meta.dir, '..', '..')

/** A tree with a table of two rows, of which a test asks for one. */
const TREE: Readonly<Record<string, string>> = {
  'bin/bunfig.toml': '',
  'src/protocols/codecs.ts': `import './small/words.ts'\n`,
  'src/protocols/small/table.ts': `export const WORDS: Record<string, string> = {\n  stop: 'end',\n  length: 'limit',\n}\n`,
  'src/protocols/small/words.ts': `import { WORDS } from './table.ts'\nexport const wordOf = (name: string) => WORDS[name]\n`,
  'src/protocols/small/words.test.ts': `import { expect, test } from 'bun:test'
import { wordOf } from './words.ts'
test('an end has a word', () => expect(wordOf('stop')).toBe('end'))
`,
}
const PATH = 'src/protocols/small/table.ts'

describe('in a small tree', () => {
  const root = mkdtempSync(join(tmpdir(), 'tollgate-small-'))
  beforeAll(() => {
    for (const [path, text] of Object.entries(TREE)) {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  })
  afterAll(() => rmSync(root, { recursive: true }))

  const report = async (equivalents: readonly Equivalent[], untyped: readonly string[] = []): Promise<Report> => {
    const lines = await linesIn(root, mappingFiles(root))
    const verdicts = await hunt({ root, lines, ladder: ladderOf(root), workers: 2, names: ['bin', 'src'] })
    const missedByTypes = new Set(lines.filter(({ text }) => untyped.includes(text)))
    return reportOf({ verdicts, equivalents, missedByTypes })
  }
  const named = (text: string): Equivalent => ({ path: PATH, within: 'WORDS', text, reason: 'nobody asks' })

  test(
    'a row that no test asks for survives, and is a fault',
    async () => {
      const { faults, text } = await report([])
      expect(faults).toEqual([`survived: ${PATH}:3 WORDS: length: 'limit'`])
      expect(text).toContain('2 lines deleted: 1 killed, 0 equivalent, 0 held by types alone, 1 survived')
    },
    TIMEOUT_MS,
  )

  test(
    'one that is named as equivalent is none, and a name for one that a test needs is',
    async () => {
      const { faults, text } = await report([named(`length: 'limit'`), named(`stop: 'end'`)])
      expect(faults).toEqual([`named as equivalent, and a test fails without: ${PATH} WORDS: stop: 'end'`])
      expect(text).toContain('2 lines deleted: 1 killed, 1 equivalent')
    },
    TIMEOUT_MS,
  )

  test(
    'one that the compiler misses is counted apart',
    async () => {
      const { faults, text } = await report([], [`length: 'limit'`])
      expect(faults).toEqual([])
      expect(text).toContain(`held by types alone: ${PATH}:3 WORDS: length: 'limit'`)
    },
    TIMEOUT_MS,
  )

  test(
    'tests that fail with nothing deleted are no proof',
    async () => {
      writeFileSync(
        join(root, 'src/protocols/small/broken.test.ts'),
        `import './table.ts'\nthrow new Error('broken')\n`,
      )
      expect(await report([]).catch(String)).toContain('fail with nothing deleted')
      rmSync(join(root, 'src/protocols/small/broken.test.ts'))
    },
    TIMEOUT_MS,
  )
})

describe('in this tree', () => {
  const SAMPLE = 10
  const SEED = 1
  let copy: Copy
  beforeAll(() => {
    copy = copyTree(ROOT)
  })
  afterAll(() => copy.remove())

  const find = () => linesIn(copy.root, mappingFiles(copy.root))

  test(
    'some mapping lines, always the same ones, cannot be deleted without a test failing',
    async () => {
      const isEquivalent = (line: Line): boolean => EQUIVALENTS.some((equivalent) => isNamed(line, equivalent))
      const tables = (await find()).filter((line) => line.kind === 'table' && !isEquivalent(line))
      const lines = sampleOf(tables, SAMPLE, SEED)
      const verdicts = await hunt({ root: copy.root, lines, ladder: quickly(ladderOf(copy.root)), workers: 2 })
      const survivors = verdicts.flatMap(({ line, killedBy }) => (killedBy === undefined ? [line] : []))
      expect(verdicts).toHaveLength(SAMPLE)
      const found = { verdicts, equivalents: EQUIVALENTS, missedByTypes: await missedByTypes(copy.root, survivors) }
      expect(reportOf(found).faults).toEqual([])
    },
    TIMEOUT_MS,
  )

  test(
    'every line that is named as equivalent is there, with a reason',
    async () => {
      const lines = await find()
      for (const equivalent of EQUIVALENTS) {
        expect(lines.filter((line) => isNamed(line, equivalent))).not.toEqual([])
        expect(equivalent.reason).toMatch(/\.$/)
      }
    },
    TIMEOUT_MS,
  )
})
