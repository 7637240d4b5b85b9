import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Format, FORMATS, formatOf, runAnswer } from '../test/translation/conformance.ts'
import { runRequest } from '../test/translation/requests.ts'
import { ownFixtures, recordings, recordingsFolder } from '../test/recorded/recordings.ts'
import type { Interaction } from '../test/replay/interaction.ts'

/**
 * `npm run conformance`: runs every answer and every request on file through the translation, prints what came of it,
 * and writes `docs/conformance.md`. Recordings count where this machine has them; our own fixtures always do.
 */

const PAGE = join(import.meta.dir, '..', 'docs', 'conformance.md')

/** What an answer on file shows, told from what is in it, so that fixtures and recordings need no labels. */
const FEATURES: Readonly<Record<string, (text: string) => boolean>> = {
  text: () => true,
  tools: (text) => /"tool_calls"|"function_call"|"tool_use"|"functionCall"|custom_tool_call/.test(text),
  'parallel tools': (text) =>
    (text.match(/"call_id"|"index":1,"id"|"type":"tool_use"|"functionCall"/g) ?? []).length > 1,
  reasoning: (text) => /"reasoning|"thinking"|"thought"|thoughtSignature|encrypted_content/.test(text),
  citations: (text) => /url_citation|"citations":\s*\[\{|groundingMetadata|citations_delta/.test(text),
  'cached input': (text) => /"(?:cached_tokens|cache_read_input_tokens|cachedContentTokenCount)":\s*[1-9]/.test(text),
  'cut or refused': (text) => /"length"|max_tokens"|MAX_TOKENS|content_filter|"refusal"|SAFETY|"incomplete"/.test(text),
}

interface Cell {
  run: number
  passed: number
}

const interactions: readonly Interaction[] = [...ownFixtures(), ...recordings()].filter((one) => formatOf(one))
const textOf = ({ response }: Interaction): string =>
  typeof response.body === 'string' ? response.body : JSON.stringify(response.body)

const PAIRS = FORMATS.flatMap((client) => FORMATS.map((upstream): [Format, Format] => [client, upstream]))

/** Passed over run, for each feature, unary and streamed. */
const answerRow = (client: Format, upstream: Format): readonly string[] => {
  const cells = new Map<string, Cell>()
  for (const interaction of interactions) {
    if (formatOf(interaction) !== upstream) continue
    const passed = runAnswer(interaction, client).faults.length === 0
    for (const [feature, shows] of Object.entries(FEATURES)) {
      if (!shows(textOf(interaction))) continue
      const key = `${feature} ${interaction.stream}`
      const cell = cells.get(key) ?? { run: 0, passed: 0 }
      cells.set(key, { run: cell.run + 1, passed: cell.passed + (passed ? 1 : 0) })
      total.run += feature === 'text' ? 1 : 0
      total.passed += feature === 'text' && passed ? 1 : 0
    }
  }
  const write = (cell: Cell | undefined): string => (cell ? `${cell.passed}/${cell.run}` : '–')
  return Object.keys(FEATURES).map(
    (feature) => `${write(cells.get(`${feature} false`))} · ${write(cells.get(`${feature} true`))}`,
  )
}
const total: Cell = { run: 0, passed: 0 }

interface RequestRow {
  readonly cells: readonly string[]
  readonly losses: ReadonlyMap<string, number>
  readonly refused: ReadonlyMap<string, number>
}

const bump = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
/** One line for `/messages/0/…` and `/messages/7/…`. */
const general = (pointer: string): string => pointer.replace(/\/\d+/g, '/*')

const requestRow = (client: Format, upstream: Format): RequestRow => {
  const losses = new Map<string, number>()
  const refused = new Map<string, number>()
  const counts = { run: 0, lossless: 0, declared: 0, refused: 0 }
  for (const interaction of interactions) {
    if (formatOf(interaction) !== client) continue
    const outcome = runRequest(interaction, upstream)
    if (!outcome) continue
    counts.run += 1
    if (outcome.kind !== 'written') counts.refused += 1
    else if (outcome.losses.length === 0) counts.lossless += 1
    else counts.declared += 1
    if (outcome.kind !== 'written') bump(refused, general(outcome.param ?? ''))
    for (const loss of new Set(outcome.losses.map(general))) bump(losses, loss)
  }
  return { cells: [counts.run, counts.lossless, counts.declared, counts.refused].map(String), losses, refused }
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const LISTED_MAX = 25
const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, LISTED_MAX)
    .map(([name, count]) => `\`${name}\` ${count}`)
    .join(', ')

const answers = PAIRS.map(([client, upstream]) => [client, upstream, ...answerRow(client, upstream)])
const requests = PAIRS.filter(([client, upstream]) => client !== upstream).map(
  ([client, upstream]) => [client, upstream, requestRow(client, upstream)] as const,
)
const answerTable = table(['client', 'upstream', ...Object.keys(FEATURES)], answers)
const requestTable = table(
  ['client', 'upstream', 'run', 'lossless', 'with declared losses', 'refused'],
  requests.map(([client, upstream, { cells }]) => [client, upstream, ...cells]),
)
const lists = requests
  .map(
    ([client, upstream, { losses, refused }]) =>
      `**${client} → ${upstream}.** Lost: ${listed(losses) || 'nothing'}. Refused: ${listed(refused) || 'nothing'}.`,
  )
  .join('\n\n')

const opening = readFileSync(join(import.meta.dir, 'conformance-opening.md'), 'utf8').trim()
const source = recordingsFolder() ? 'our own fixtures and recorded traffic of real vendors' : 'our own fixtures'
const summary = `${interactions.length} answers on file (${source}), each for four clients: ${total.passed} of ${total.run} passed.`
console.log(`${answerTable}\n\n${requestTable}\n\n${summary}`)
writeFileSync(
  PAGE,
  `${opening}\n\n${summary}\n\n## Answers\n\n${answerTable}\n\n## Requests\n\n${requestTable}\n\n## What is lost, and what is refused\n\n${lists}\n`,
)
process.exitCode = total.passed === total.run ? 0 : 1
