import type { Envelope } from '../../../canon/envelope.ts'
import type { Operation } from '../../../canon/operation.ts'
import type { Protocol } from '../../../canon/protocol.ts'
import type { Ended } from '../../../canon/receipt.ts'
import type { Scan } from '../../../canon/scan.ts'
import { fault, type GatewayError } from '../../../errors.ts'
import { fileIdsIn } from '../../held-files.ts'
import { isObject, type JsonObject, objectOf, parseJson, textOf } from '../../../protocols/json.ts'
import { err, ok, type Result } from '../../../result.ts'
import type { Candidate } from '../../../routing/types.ts'
import { type Dialogue, readClientEvent, readUpstreamEvent, responsesError, type Verdict } from './dialogue.ts'
import type { Turn, Turns } from './turns.ts'

export interface ResponsesOptions {
  readonly turns: Turns
  readonly protocol: Protocol
  readonly operation: Operation
  /** Does to a request what a rule of its group says. */
  readonly direct: (envelope: Envelope) => Result<Envelope, GatewayError>
  /** Who serves the model that a request names, on this session's account; or why nobody does. */
  readonly candidateOf: (envelope: Envelope) => Result<Candidate, GatewayError>
  readonly depthMax: number
}

/** Ids of this session's responses that are remembered: a conversation goes on from its last. */
const IDS_MAX = 1_000
const WAITING_MAX = 8
const MATTERS = /"(?:response\.[a-z_.]*(?:created|completed|incomplete|failed|delta)|error)"/
const ENDS = /^response\.(?:completed|incomplete|failed)$/

/**
 * OpenAI's Responses API over WebSocket (https://platform.openai.com/docs/guides/websocket-mode): each `response.create` is
 * a request as it is by POST, held for before it is sent and settled when its response has ended. It may go on from what
 * was answered on this socket, and from nothing else: everybody shares the account.
 */
export class Responses implements Dialogue {
  readonly #options: ResponsesOptions
  readonly #waiting: Turn[] = []
  readonly #active = new Map<string, Turn>()
  readonly #known = new Set<string>()

  constructor(options: ResponsesOptions) {
    this.#options = options
  }

  get isBusy(): boolean {
    return this.#active.size + this.#waiting.length > 0
  }

  async fromClient(text: string): Promise<Verdict> {
    const event = readClientEvent(text, this.#options.depthMax)
    if (!event.ok) return { refuse: responsesError(event.error) }
    if (event.value.type !== 'response.create') return { forward: text }
    const created = await this.#create(event.value.scan)
    return created.ok ? { forward: created.value } : { refuse: responsesError(created.error) }
  }

  async fromUpstream(text: string): Promise<void> {
    const event = readUpstreamEvent(text, MATTERS)
    if (!event) return
    const { type, delta } = event
    const response = objectOf(event.response)
    if (type === 'response.created') this.#begin(textOf(response.id))
    else if (type === 'error') await this.#failed()
    else if (ENDS.test(String(type))) await this.#finish(response, type === 'response.failed')
    else if (typeof delta === 'string') {
      // Responses follow one another here; deltas do not say whose they are.
      const [turn] = this.#active.values()
      turn?.delivered(delta)
    }
  }

  async over(ended: Ended): Promise<void> {
    const open = [...this.#waiting.splice(0), ...this.#active.values()]
    this.#active.clear()
    await Promise.all(open.map((turn) => turn.close(ended === 'whole' ? 'client_cut' : ended)))
  }

  /** The event to send, with its money set aside. */
  async #create(scan: Scan): Promise<Result<string, GatewayError>> {
    const { protocol, operation, turns, direct, candidateOf } = this.#options
    const asked = protocol.readEnvelope(scan, operation)
    const read = asked.ok ? direct(asked.value) : asked
    if (!read.ok) return read
    const previous = previousIn(scan)
    if (previous !== undefined && !this.#known.has(previous)) return err(notHere(previous))
    if (fileIdsIn(read.value.scan, operation.format).length > 0) return err(NAMES_FILES)
    if (this.#waiting.length >= WAITING_MAX) return err(TOO_MANY)
    const candidate = candidateOf(read.value)
    if (!candidate.ok) return candidate
    // What the socket remembers is read as input too: nobody here knows how much that is.
    const refersToStored = read.value.refersToStored || previous !== undefined
    const turn = await turns.open({ ...read.value, stream: true, refersToStored }, candidate.value)
    if (!turn.ok) return turn
    this.#waiting.push(turn.value)
    const { upstreamModel, channel } = candidate.value
    const { dialect } = channel.provider.kind
    return ok(Buffer.from(protocol.rewrite(read.value, operation, { model: upstreamModel, dialect })).toString('utf8'))
  }

  #begin(id: string): void {
    const turn = this.#waiting.shift()
    if (!turn) return
    this.#active.set(id, turn)
    this.#known.add(id)
    const [oldest] = this.#known
    if (this.#known.size > IDS_MAX && oldest !== undefined) this.#known.delete(oldest)
  }

  async #finish(response: JsonObject, hasFailed: boolean): Promise<void> {
    const id = textOf(response.id)
    const usage = isObject(response.usage) ? response.usage : undefined
    const turn = this.#active.get(id)
    this.#active.delete(id)
    await turn?.close(usage || !hasFailed ? 'whole' : 'failed', usage)
  }

  /** The upstream refuses the event that waits; where none does, what was being answered has broken off. */
  async #failed(): Promise<void> {
    const turn = this.#waiting.shift()
    if (turn) return turn.close('failed')
    const cut = [...this.#active.values()]
    this.#active.clear()
    await Promise.all(cut.map((each) => each.close('upstream_cut')))
  }
}

const previousIn = ({ bytes, members }: Scan): string | undefined => {
  const member = members.get('previous_response_id')
  const id = member && parseJson(Buffer.from(bytes.subarray(member.valueStart, member.valueEnd)).toString('utf8'))
  return typeof id === 'string' ? id : undefined
}

const notHere = (id: string): GatewayError =>
  fault(
    'response-not-found',
    `Previous response with id '${id.slice(0, 128)}' not found on this connection. Send the whole conversation in \`input\`.`,
    { param: 'previous_response_id' },
  )

/** Whose a file is decides where a request may go, and the connection has been made. */
const NAMES_FILES = fault(
  'unsupported-parameter',
  'Files are not read over WebSocket here. Send a request that names one by POST.',
  { param: 'file_id' },
)

const TOO_MANY = fault(
  'rate-limit-exceeded',
  `At most ${WAITING_MAX} responses may wait on one connection. Wait for one to end.`,
)
