import type { DatabaseKind } from '../harness/databases.ts'
import { KINDS, type Kind, type Point, POINTS, type PointName, pointsOf } from './points.ts'

/** What is left when the process is killed at a point and all who live have done what they do. */
export interface Outcome {
  /** Of the answer. Its connection breaks, unless it has ended. */
  readonly client: 'nothing' | 'its beginning' | 'all of it'
  readonly provider: 'nothing' | 'the request'
  /** `none`: nobody will ever know of the request. `whole`: it is charged what the provider reports. */
  readonly receipt: 'none' | 'abandoned' | 'whole'
}

/** The same for both kinds of answers, or one for each; the same on all storage, or one for each. */
type Cell = Outcome | Readonly<Record<Kind, Outcome>> | Readonly<Record<DatabaseKind, Outcome>>

const outcome = (client: Outcome['client'], provider: Outcome['provider'], receipt: Outcome['receipt']): Outcome => ({
  client,
  provider,
  receipt,
})

const NOTHING_DONE = outcome('nothing', 'nothing', 'none')
const HELD = outcome('nothing', 'nothing', 'abandoned')
const SENT = outcome('nothing', 'the request', 'abandoned')
const BEGUN = outcome('its beginning', 'the request', 'abandoned')
const GIVEN_FREE = outcome('all of it', 'the request', 'abandoned')
const CHARGED = outcome('all of it', 'the request', 'whole')
const CHARGED_BEGUN = outcome('its beginning', 'the request', 'whole')
const CHARGED_UNSEEN = outcome('nothing', 'the request', 'whole')

/** The table: what becomes of a request whose process is killed at each point. */
const OUTCOMES: Readonly<Record<PointName, Cell>> = {
  received: NOTHING_DONE,
  authenticated: NOTHING_DONE,
  read: NOTHING_DONE,
  recalled: NOTHING_DONE,
  directed: NOTHING_DONE,
  chosen: NOTHING_DONE,
  counted: NOTHING_DONE,
  'hold-asked': NOTHING_DONE,
  // On SQLite the provider is asked while the hold is written, and the answer waits.
  'hold-unwritten': { sqlite: outcome('nothing', 'the request', 'none'), postgres: NOTHING_DONE },
  'hold-written': { sqlite: SENT, postgres: HELD },
  held: HELD,
  admitted: HELD,
  'upstream-asked': HELD,
  'upstream-told': SENT,
  'upstream-begun': SENT,
  attempted: SENT,
  durable: SENT,
  'content-arrived': SENT,
  'content-passed': SENT,
  'content-taken': BEGUN,
  'last-arrived': BEGUN,
  'last-taken': BEGUN,
  'usage-arrived': BEGUN,
  // A stream is charged before its client is given the end of it, a whole answer when the provider has ended it.
  'end-passed': CHARGED_BEGUN,
  'end-taken': CHARGED,
  'answer-over': { unary: SENT, stream: CHARGED },
  corrected: { unary: SENT, stream: BEGUN },
  'settle-asked': { unary: SENT, stream: BEGUN },
  // Here nothing is held up but the answer: the charge goes to the disk.
  settled: { unary: CHARGED_UNSEEN, stream: CHARGED_BEGUN },
  // Here nobody waits for the charge.
  released: { unary: SENT, stream: BEGUN },
  relayed: { unary: CHARGED_UNSEEN, stream: SENT },
  answered: { unary: CHARGED_UNSEEN, stream: SENT },
  closing: CHARGED,
  'charge-unwritten': GIVEN_FREE,
  'charge-written': CHARGED,
  'feed-asked': CHARGED,
  fed: CHARGED,
}

const outcomeOf = (point: PointName, kind: Kind, storage: DatabaseKind): Outcome => {
  const cell = OUTCOMES[point]
  if ('unary' in cell) return cell[kind]
  return 'sqlite' in cell ? cell[storage] : cell
}

/** A point, the kind of answer that is on its way, and what is left of it. */
export interface Row {
  readonly point: Point
  readonly kind: Kind
  readonly outcome: Outcome
}

/** The rows of one kind of answer, as they are on one kind of storage. */
export const rowsOf = (kind: Kind, storage: DatabaseKind): readonly Row[] =>
  pointsOf(kind).map((point) => ({ point, kind, outcome: outcomeOf(point.name, kind, storage) }))

/** The table as the document has it. */
export const renderRows = (): string => {
  const head =
    '| killed when | a whole answer: the client has | a stream: the client has | the provider has | receipt | charged |'
  return ['', head, `|${'---|'.repeat(6)}`, ...POINTS.map(renderRow), ''].join('\n')
}

const renderRow = (point: Point): string => {
  const kinds = KINDS.filter((kind) => (point.kind ?? kind) === kind)
  const client = KINDS.map((kind) => (kinds.includes(kind) ? outcomeOf(point.name, kind, 'sqlite').client : ''))
  const [{ provider, receipt }, onServer] = DATABASE_KINDS.map((storage) =>
    outcomeOf(point.name, kinds[0] ?? 'unary', storage),
  ) as [Outcome, Outcome]
  const asked = provider === onServer.provider ? provider : `${provider}; with PostgreSQL ${onServer.provider}`
  const charged = receipt === 'whole' ? 'the answer' : 'nothing'
  const said = receipt === 'none' ? receipt : `\`${receipt}\``
  return `| ${[`${point.done} (\`${point.name}\`)`, ...client, asked, said, charged].join(' | ')} |`
}

const DATABASE_KINDS = ['sqlite', 'postgres'] as const satisfies readonly DatabaseKind[]
