import type { Ended } from '../../../canon/receipt.ts'
import { fault, type GatewayError } from '../../../errors.ts'
import { isObject, type JsonObject, objectOf, parseJson, textOf } from '../../../protocols/json.ts'
import { err, type Result } from '../../../result.ts'
import type { Candidate } from '../../../routing/types.ts'
import {
  type ClientEvent,
  type Dialogue,
  readClientEvent,
  readUpstreamEvent,
  realtimeError,
  type Verdict,
} from './dialogue.ts'
import { type PledgeOptions, Pledges } from './pledges.ts'
import { envelopeFor, limitIn, NOTHING, soundIn, soundOf, transcriptionIn } from './realtime-events.ts'
import type { Turn } from './turns.ts'

export interface RealtimeOptions extends PledgeOptions {
  /** The session's, as the client wrote it. */
  readonly model: string
  /** Why a response may not be asked for now, if a rule says so. */
  readonly refusal: () => GatewayError | undefined
  /** A model that writes down what is heard, with its price; refused where it has none. */
  readonly hearer: (name: string) => Result<Candidate, GatewayError>
  /** Sends an event of ours upstream. */
  readonly say: (text: string) => void
  readonly depthMax: number
  readonly newId: () => string
  /** Something was used that nobody could be charged for. */
  readonly onUnpaid: (reason: string) => void
}

const POLICY = 1008
const UPDATES = new Set(['session.update', 'transcription_session.update'])
const HEARS = new Set(['input_audio_buffer.append', 'input_audio_buffer.commit'])
const WRITTEN = 'conversation.item.input_audio_transcription.completed'
const MATTERS =
  /"(?:response\.[a-z_.]*(?:created|done|delta)|error|conversation\.item\.input_audio_transcription\.completed)"/
const SOUNDS = /^response\.(?:output_)?audio\.delta$/

/**
 * OpenAI's Realtime API (https://platform.openai.com/docs/api-reference/realtime). Every response is held for before it can
 * begin, whether an event asks for it or the upstream hears that it is its turn, and settled by the usage of its
 * `response.done`. What is heard may be written down by a second model, which is settled by its own usage.
 */
export class Realtime implements Dialogue {
  readonly #options: RealtimeOptions
  readonly #pledges: Pledges
  readonly #active = new Map<string, Turn>()
  #hearer: Candidate | undefined
  #heardBytes = 0

  constructor(options: RealtimeOptions) {
    this.#options = options
    this.#pledges = new Pledges(options)
  }

  get isBusy(): boolean {
    return this.#active.size > 0
  }

  async fromClient(text: string): Promise<Verdict> {
    const event = readClientEvent(text, this.#options.depthMax)
    if (!event.ok) return this.#refuse(event.error, null)
    const { type } = event.value
    if (type === 'response.create') return this.#create(event.value, text)
    if (UPDATES.has(type)) return this.#update(event.value, text)
    return HEARS.has(type) ? this.#hear(event.value, text) : { forward: text }
  }

  async fromUpstream(text: string): Promise<void> {
    const event = readUpstreamEvent(text, MATTERS)
    if (!event) return
    const response = objectOf(event.response)
    const id = textOf(event.response_id) || textOf(response.id)
    const { type } = event
    if (type === 'response.created') return this.#begin(id)
    if (type === 'response.done') return this.#finish(id, response)
    if (type === 'error') return this.#pledges.refused(objectOf(event.error).event_id)
    if (type === WRITTEN) return this.#written(event)
    if (typeof event.delta !== 'string') return
    if (SOUNDS.test(String(type))) this.#active.get(id)?.sounded(soundIn(event.delta), 0)
    else this.#active.get(id)?.delivered(event.delta)
  }

  async over(ended: Ended): Promise<void> {
    const cut = [...this.#active.values()].map((turn) => turn.close(ended === 'whole' ? 'client_cut' : ended))
    this.#active.clear()
    await Promise.all([this.#pledges.over(), ...cut])
  }

  #refuse(error: GatewayError, eventId: string | null): { readonly refuse: string } {
    return { refuse: realtimeError(error, eventId, this.#options.newId()) }
  }

  async #create({ scan, eventId }: ClientEvent, text: string): Promise<Verdict> {
    const refusal = this.#options.refusal()
    if (refusal) return this.#refuse(refusal, eventId)
    const held = await this.#pledges.ask(() => envelopeFor(scan, this.#options.model, limitIn(scan)), eventId)
    return held.ok ? { forward: text } : this.#refuse(held.error, eventId)
  }

  /** Sound may bring a response about without another word. What is left out of it cannot be made up for. */
  async #hear({ scan, eventId }: ClientEvent, text: string): Promise<Verdict> {
    const { model, refusal } = this.#options
    const refused = refusal()
    const held = refused ? err(refused) : await this.#pledges.hear(() => envelopeFor(scan, model))
    if (!held.ok) {
      const reason = 'what is heard could bring about a response that is refused'
      return { ...this.#refuse(held.error, eventId), close: { code: POLICY, reason } }
    }
    this.#heardBytes += soundOf(scan)
    return { forward: text }
  }

  #update({ eventId }: ClientEvent, text: string): Verdict {
    const { candidate, hearer } = this.#options
    const { upstreamModel } = candidate
    const update = objectOf(parseJson(text))
    const session = objectOf(update.session)
    const { type = 'realtime', model = upstreamModel } = session
    if (type !== 'realtime') return this.#refuse(NO_TRANSCRIPTION, eventId)
    const isItsOwn = model === this.#options.model || model === candidate.requestedAs || model === upstreamModel
    if (!isItsOwn) return this.#refuse(OTHER_MODEL, eventId)
    const wanted = transcriptionIn(session)
    if (typeof wanted === 'string') {
      const found = hearer(wanted)
      if (!found.ok) return this.#refuse(found.error, eventId)
      this.#hearer = found.value
    }
    // The upstream knows its model by one name alone.
    if (model === upstreamModel) return { forward: text }
    return { forward: JSON.stringify({ ...update, session: { ...session, model: upstreamModel } }) }
  }

  async #begin(id: string): Promise<void> {
    const turn = this.#pledges.take() ?? (await this.#unexpected())
    if (!turn) {
      this.#options.onUnpaid('a response that nobody asked for could not be held for, and was cancelled')
      return this.#options.say(JSON.stringify({ type: 'response.cancel', response_id: id }))
    }
    turn.sounded(0, this.#heardBytes)
    this.#heardBytes = 0
    this.#active.set(id, turn)
  }

  /** A response that nobody asked for begins all the same: to somebody who has been silent for too long. */
  async #unexpected(): Promise<Turn | undefined> {
    const { turns, candidate, model } = this.#options
    const turn = await turns.open(envelopeFor(NOTHING, model), candidate)
    return turn.ok ? turn.value : undefined
  }

  async #finish(id: string, response: JsonObject): Promise<void> {
    const usage = isObject(response.usage) ? response.usage : undefined
    const turn = this.#active.get(id)
    this.#active.delete(id)
    await turn?.close(usage || response.status !== 'failed' ? 'whole' : 'failed', usage)
  }

  /** What was heard has been written down; what that took is known only afterwards. */
  async #written(event: JsonObject): Promise<void> {
    if (!this.#hearer || !isObject(event.usage)) return
    const { turns, onUnpaid } = this.#options
    const turn = await turns.open(envelopeFor(NOTHING, this.#hearer.requestedAs), this.#hearer)
    if (!turn.ok) return onUnpaid('what was heard was written down, and could not be held for')
    turn.value.delivered(textOf(event.transcript))
    await turn.value.close('whole', event.usage)
  }
}

const NO_TRANSCRIPTION = fault(
  'unsupported-parameter',
  'Only conversations are served here. Set `session.type` to `realtime`.',
  { param: 'session.type' },
)
const OTHER_MODEL = fault(
  'unsupported-parameter',
  'The model of a session stays. Open another session for another model.',
  { param: 'session.model' },
)
