/**
 * Where a process can be killed between two steps of a request's life. `request`: the steps that follow one another
 * until the client has its answer. `books`: those of what is written, which go on beside them.
 */
export type Lane = 'request' | 'books'

/** How an answer is given: in one piece, or streamed. */
export const KINDS = ['unary', 'stream'] as const
export type Kind = (typeof KINDS)[number]

interface PointEntry {
  readonly name: string
  readonly lane: Lane
  /** `both` when left out. */
  readonly kind?: Kind
  /** What has just been done, as the document says it behind the word *when*. */
  readonly done: string
  /** Nothing is waited for here: the process dies within the step, and not between what others do meanwhile. */
  readonly atOnce?: true
}

/** Every point, each lane in the order in which a request that all goes well with passes it. */
export const POINTS = [
  { name: 'received', lane: 'request', done: 'the request has come in' },
  { name: 'authenticated', lane: 'request', done: 'its key is known' },
  { name: 'read', lane: 'request', done: 'its body is read' },
  { name: 'recalled', lane: 'request', done: 'what it refers to has been looked up' },
  { name: 'directed', lane: 'request', done: 'the rules of its group have had their say', atOnce: true },
  { name: 'chosen', lane: 'request', done: 'its channels are chosen', atOnce: true },
  { name: 'counted', lane: 'request', done: 'it is counted against its limits' },
  { name: 'hold-asked', lane: 'request', done: 'its hold is about to be asked for' },
  { name: 'held', lane: 'request', done: 'its hold is granted' },
  { name: 'admitted', lane: 'request', done: 'its tab is open' },
  { name: 'upstream-asked', lane: 'request', done: 'the provider is about to be asked' },
  { name: 'upstream-told', lane: 'request', done: 'the provider has the request' },
  { name: 'upstream-begun', lane: 'request', done: 'the provider has begun to answer' },
  { name: 'content-arrived', lane: 'request', done: 'the first content has arrived' },
  { name: 'answer-over', lane: 'request', kind: 'unary', done: 'the provider has ended its answer' },
  { name: 'attempted', lane: 'request', done: 'that is the answer to pass on' },
  { name: 'durable', lane: 'request', done: 'its hold is known to be on disk' },
  { name: 'relayed', lane: 'request', kind: 'stream', done: 'the stream to the client is made' },
  { name: 'answered', lane: 'request', kind: 'stream', done: 'the answer is handed to the server' },
  { name: 'content-passed', lane: 'request', kind: 'stream', done: 'it is passed on' },
  { name: 'content-taken', lane: 'request', kind: 'stream', done: 'the client has it' },
  { name: 'last-arrived', lane: 'request', kind: 'stream', done: 'the last content has arrived' },
  { name: 'last-taken', lane: 'request', kind: 'stream', done: 'the client has it too' },
  { name: 'usage-arrived', lane: 'request', kind: 'stream', done: 'usage and end mark have arrived' },
  { name: 'corrected', lane: 'request', kind: 'stream', done: 'its limits know its usage', atOnce: true },
  { name: 'settle-asked', lane: 'request', kind: 'stream', done: 'the charge is about to be asked for' },
  { name: 'settled', lane: 'request', kind: 'stream', done: 'the charge is decided' },
  { name: 'released', lane: 'request', kind: 'stream', done: 'its place in the limits is free', atOnce: true },
  { name: 'end-passed', lane: 'request', kind: 'stream', done: 'usage and end mark are passed on' },
  { name: 'end-taken', lane: 'request', kind: 'stream', done: 'the client has them' },
  { name: 'answer-over', lane: 'request', kind: 'stream', done: 'the provider has ended its answer' },
  { name: 'corrected', lane: 'request', kind: 'unary', done: 'its limits know its usage', atOnce: true },
  { name: 'settle-asked', lane: 'request', kind: 'unary', done: 'the charge is about to be asked for' },
  { name: 'settled', lane: 'request', kind: 'unary', done: 'the charge is decided' },
  { name: 'released', lane: 'request', kind: 'unary', done: 'its place in the limits is free', atOnce: true },
  { name: 'relayed', lane: 'request', kind: 'unary', done: 'the answer to the client is made' },
  { name: 'answered', lane: 'request', kind: 'unary', done: 'the answer is handed to the server' },
  { name: 'closing', lane: 'request', kind: 'stream', done: 'the stream to the client is about to be closed' },
  { name: 'hold-unwritten', lane: 'books', done: 'the hold is about to be written' },
  { name: 'hold-written', lane: 'books', done: 'the hold is on disk, and nobody has heard' },
  { name: 'charge-unwritten', lane: 'books', done: 'charge and receipt are about to be written' },
  { name: 'charge-written', lane: 'books', done: 'charge and receipt are on disk, and nobody has heard' },
  { name: 'feed-asked', lane: 'books', done: 'the counters of the day are about to be fed' },
  { name: 'fed', lane: 'books', done: 'the counters are fed, and nobody has heard' },
] as const satisfies readonly PointEntry[]

export type PointName = (typeof POINTS)[number]['name']
export type Point = PointEntry & { readonly name: PointName }

/** The points of one kind of answer. */
export const pointsOf = (kind: Kind): readonly Point[] =>
  POINTS.filter((point: Point) => point.kind === undefined || point.kind === kind)

/** What a request says of itself to the process under test: where it is to stop, or nothing, to be traced only. */
export const STOP_HEADER = 'x-tollgate-test-stop'
/** Behind a point's name: to die there at once. Else the request goes no further, and waits to be killed from outside. */
export const AT_ONCE = '!'
/** The file that the process under test tells the points it has passed, a line each. */
export const TRACE_VARIABLE = 'TOLLGATE_TEST_TRACE'
/** In front of the name of the point where it stopped. */
export const STOPPED = 'stopped '

/// What is in the pieces of the answer that the followed request is given.
export const FIRST_CONTENT = 'Hello'
export const LAST_CONTENT = 'world'
export const END_MARK = '[DONE]'
