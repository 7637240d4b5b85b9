// `npm run mutations`: deletes every line of the mapping tables, one at a time, and looks whether a test fails.
import { join, matchesGlob } from 'node:path'
import { parseArgs } from 'node:util'
import { missedByTypes } from './compile.ts'
import { copyTree } from './copy.ts'
import { EQUIVALENTS } from './equivalents.ts'
import { mappingFiles } from './files.ts'
import { hunt, type Verdict } from './hunt.ts'
import type { Line } from './lines.ts'
import { linesIn } from './parse.ts'
import { reportOf } from './report.ts'
import { ladderOf, quickly } from './rungs.ts'
import { sampleOf } from './sample.ts'

const USAGE = `npm run mutations -- [--files 'src/protocols/gemini/**']   only these files
  [--fields]                  also what functions write: members of objects, assignments, calls
  [--quick]                   without the proofs, which take minutes for each line that nothing else kills
  [--sample 100] [--seed 1]   some of the lines, the same ones for the same seed
  [--workers 2]               copies of the tree that are tested at a time`

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '**' },
    fields: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
})

const ROOT = join(import.meta.dir, '..', '..')

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const EACH = 100

const mutate = async (root: string): Promise<void> => {
  const paths = mappingFiles(root).filter((path) => matchesGlob(path, values.files))
  if (paths.length === 0) throw new Error(`no mapping file is named ${values.files}\n${USAGE}`)
  const all = (await linesIn(root, paths)).filter(({ kind }) => kind === 'table' || values.fields)
  const lines = values.sample === undefined ? all : sampleOf(all, Number(values.sample), Number(values.seed))
  say(`${all.length} lines in ${paths.length} files; ${lines.length} are deleted, one at a time`)
  const onVerdict = ({ line, killedBy }: Verdict, done: number): void => {
    if (killedBy === undefined) say(`not killed: ${line.path}:${line.line} ${line.within}: ${line.text}`)
    if (done % EACH === 0) say(`${done} of ${lines.length}`)
  }
  const ladder = values.quick ? quickly(ladderOf(root)) : ladderOf(root)
  const verdicts = await hunt({ root, lines, ladder, workers: Number(values.workers), onVerdict })
  const survivors: readonly Line[] = verdicts.flatMap(({ line, killedBy }) => (killedBy === undefined ? [line] : []))
  const report = reportOf({ verdicts, equivalents: EQUIVALENTS, missedByTypes: await missedByTypes(root, survivors) })
  say(report.text)
  process.exitCode = report.faults.length === 0 ? 0 : 1
}

/** Of the tree as it stands now: others may work on it meanwhile. */
const main = async (): Promise<void> => {
  const snapshot = copyTree(ROOT)
  try {
    await mutate(snapshot.root)
  } finally {
    snapshot.remove()
  }
}

if (values.help) say(USAGE)
else await main()
