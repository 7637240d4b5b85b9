import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allFiles } from '../tidy/files.ts'
import { POINTS, type PointName, STOP_HEADER, TRACE_VARIABLE } from './points.ts'
import { STEP_POINTS } from './wraps.ts'

const SOURCES = join(import.meta.dir, '..', '..', 'src')
const sourceOf = (name: string): string => readFileSync(join(SOURCES, 'gateway', name), 'utf8')

/** Why a request that all goes well with does not come by. */
interface NotPassed {
  readonly only: string
}
const only = (where: string): NotPassed => ({ only: where })

/** Everything that the hot path waits for, file by file, with the first point behind it. */
const AWAITED: Readonly<Record<string, Readonly<Record<string, PointName | NotPassed>>>> = {
  'handle.ts': {
    'deps.authenticate': STEP_POINTS.authenticate,
    'deps.read': STEP_POINTS.read,
    'deps.recall': STEP_POINTS.recall,
    'deps.admit': STEP_POINTS.admit,
    'deps.attempt': STEP_POINTS.attempt,
    'deps.relay': STEP_POINTS.relay,
  },
  'admit.ts': {
    asked: 'counted',
    holdFor: 'held',
    'ledger.hold': 'held',
    countRequest: only('where there is no price'),
  },
  'attempt.ts': {
    'this.#ready': 'upstream-asked',
    'this.#prepare': 'upstream-asked',
    'this.#deps.occupy': 'upstream-asked',
    'this.#hedged': 'attempted',
    'first.asked': 'attempted',
    'Promise.race': only('where a stream begins without content, or a second route is asked'),
    'this.#within': only('where a second route may be asked'),
    'flight.asked': only('where a second route is asked'),
    'other.asked': only('where a second route is asked'),
    'this.#repaired': only('where the provider cannot read reasoning state'),
  },
  'ask.ts': {
    'deps.authorizer.authorize': 'upstream-asked',
    'deps.sendTo': 'upstream-begun',
    send: 'upstream-begun',
    seen: 'attempted',
    judged: 'attempted',
    'answer.whole': 'attempted',
    heldAnswer: only('where the provider refuses'),
    reckoned: only('where tokens are counted'),
    'prepared.estimate': only('where tokens are counted'),
  },
  'peek.ts': {
    reading: 'content-arrived',
    read: only('where a streaming request is answered in one piece'),
  },
  'relay.ts': {
    'admitted.tab.hold.durable': 'durable',
    wholeAnswer: 'relayed',
    'deps.endOfTurn': 'relayed',
    'admitted.tab.close': only('where the provider refuses'),
    refusalOf: only('where the provider refuses'),
  },
  'relay-whole.ts': {
    'answer.whole': 'answer-over',
    'admitted.tab.close': 'relayed',
  },
  'relay-stream.ts': {
    'this.#read': 'content-arrived',
    'this.#pass': 'content-passed',
    'this.#close': 'end-passed',
    'this.#drain': only('where the client has left'),
    'this.#readUsage': only('where the client has left'),
    'this.#reading': only('where the client has left'),
  },
  'tab.ts': {
    settle: 'settled',
    billOf: only('where nobody told the usage'),
    countEmbedInput: only('where nobody told the usage'),
    'deps.countTokens': only('where nobody told the usage'),
  },
}

const awaitedIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\bawait \(*([\w#.]+)/g)].map(([, what = '']) => what)),
]

test.each(Object.entries(AWAITED))('whatever gateway/%s waits for has a point behind it', (name, listed) => {
  expect(awaitedIn(sourceOf(name)).toSorted()).toEqual(Object.keys(listed).toSorted())
  const names: readonly string[] = POINTS.map((point) => point.name)
  for (const point of Object.values(listed)) if (typeof point === 'string') expect(names).toContain(point)
})

test('every step of the hot path has its point, also those that nothing is waited for in', () => {
  const steps = [...sourceOf('handle.ts').matchAll(/(?:await|=) deps\.(\w+)\(/g)].map(([, step = '']) => step)
  expect(steps.filter((step) => !step.startsWith('refuse'))).toEqual(Object.keys(STEP_POINTS))
})

test('a step that somebody adds is found', () => {
  expect(awaitedIn('const enriched = await deps.enrich(call)\nawait (this.#again ?? last())')).toEqual([
    'deps.enrich',
    'this.#again',
  ])
})

test('what is shipped knows nothing of all this', () => {
  const words = [STOP_HEADER, TRACE_VARIABLE, 'faultpoints', 'BUN_OPTIONS']
  const knowing = [...allFiles(SOURCES), ...allFiles(join(SOURCES, '..', 'bin'))].filter((path) => {
    const text = readFileSync(path, 'utf8')
    return words.some((word) => text.includes(word))
  })
  expect(knowing).toEqual([])
})
