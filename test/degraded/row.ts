import { expect, test } from 'bun:test'
import { codeIn, readDocument, section, tableRows } from '../docs/documents.ts'
import type { Stage } from '../faults/scripted.ts'

/** A row of the table in `docs/degraded.md`, cell by cell. */
export interface Said {
  readonly id: string
  readonly happens: string
  readonly goesOn: string
  readonly refused: string
  readonly lost: string
  readonly log: string
  readonly ready: string
}

const toSaid = (cells: readonly string[]): Said => {
  const [id = '', happens = '', goesOn = '', refused = '', lost = '', log = '', ready = ''] = cells
  return { id: codeIn(id)[0] ?? '', happens, goesOn, refused, lost, log, ready }
}

/** The document's table. */
export const SAID: readonly Said[] = tableRows(section(readDocument('docs/degraded.md'), 'rows')).map(toSaid)

const ROW_MS = 60_000

/** The test of one row, which is given what the document says. */
export const row = (id: string, prove: (said: Said) => Promise<void>): void => {
  const said = SAID.find((each) => each.id === id)
  test(
    `${id}: ${said?.happens ?? 'not in the document'}`,
    async () => {
      if (!said) throw new Error(`docs/degraded.md has no row ${id}`)
      await prove(said)
    },
    ROW_MS,
  )
}

/** Longer than anybody is left waiting, with some for a busy machine. */
const ANSWERED_MS = 10_000

/** Whoever asks is refused as the document says, soon, in the words of their own format. */
export const expectRefused = async ({ refused }: Said, ask: () => Promise<Response>): Promise<void> => {
  const startedAtMs = performance.now()
  const answer = await ask()
  const body = (await answer.json()) as { readonly error: Readonly<Record<string, unknown>> }
  expect(performance.now() - startedAtMs).toBeLessThan(ANSWERED_MS)
  const { code, status, type } = body.error
  // OpenAI's errors have a `code`; Anthropic's and Gemini's say the same in a word of their own.
  const isOverloaded = code === 'overloaded' || type === 'overloaded_error' || status === 'UNAVAILABLE'
  const found = `${answer.status} ${isOverloaded ? '`overloaded`' : JSON.stringify(body)}`
  expect(refused).toContain(`${found}, \`retry-after: ${answer.headers.get('retry-after')}\``)
}

/** `/health/ready` and the log show what the document says they do. */
export const expectSeen = async ({ log, ready }: Said, { gateway }: Pick<Stage, 'gateway'>): Promise<void> => {
  const deadlineMs = Date.now() + NOTICED_MS
  let told = await readinessOf(gateway.url)
  // It asks the database no more than once a second.
  for (; told !== ready && Date.now() < deadlineMs; await Bun.sleep(100)) told = await readinessOf(gateway.url)
  expect(told).toBe(ready)
  const unsaid = (): readonly string[] => codeIn(log).filter((words) => !gateway.output().includes(words))
  while (unsaid().length > 0 && Date.now() < deadlineMs) await Bun.sleep(100)
  expect(unsaid()).toEqual([])
}

const NOTICED_MS = 8_000

/** As the document writes it: the status, and each part that is not well. */
const readinessOf = async (url: string): Promise<string> => {
  const answer = await fetch(`${url}/health/ready`)
  const { status, checks } = (await answer.json()) as { status: string; checks: Readonly<Record<string, string>> }
  const faults = Object.entries(checks).filter(([, said]) => said !== 'ok')
  return [`${answer.status} \`${status}\``, ...faults.map(([part, said]) => `\`${part}: ${said}\``)].join(', ')
}

/** How many errors of ours the metrics count as the overload that every outage of the database is. */
export const refusalsCounted = async ({ gateway }: Pick<Stage, 'gateway'>): Promise<number> => {
  const text = await fetch(`${gateway.url}/metrics`).then((answer) => answer.text())
  const counts = [...text.matchAll(/^tollgate_errors_total\{[^}]*code="overloaded"[^}]*\} (\d+)$/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}
