import type { PayloadRecord } from '../db/types.ts'
import type { Principal } from '../keys/types.ts'
import { ok, type Result } from '../result.ts'
import type { UpstreamAnswer, UpstreamFault, UpstreamRequest } from '../upstream/types.ts'
import { type BodyCopy, copyBody } from './body.ts'
import { shownHeaders } from './headers.ts'
import { type RequestJson, type ResponseJson, type StoredPayload, writeBody } from './payload-json.ts'
import type { Room } from './room.ts'

/** Takes a provider's credentials out of bytes. */
export type Hide = (bytes: Uint8Array) => Uint8Array

/** What is known of an attempt when it begins. */
export interface SentTo {
  readonly channel: string
  readonly startMs: number
  readonly hide: Hide
}

/** What one request and its answers say, gathered while they pass. Nothing in it is waited for, and nothing fails. */
export interface Recording {
  /** Who asks is known, and with that whether anything is to be gathered. */
  asked(principal: Principal): void
  /** The body as the client sent it. */
  read(body: Uint8Array, isStream: boolean): void
  /** It will have a receipt. */
  admitted(): void
  /** A provider is asked; the returned function is given its answer, and gives one that is copied as it is read. */
  sent(
    request: UpstreamRequest,
    to: SentTo,
  ): (answer: Result<UpstreamAnswer, UpstreamFault>) => Result<UpstreamAnswer, UpstreamFault>
  /** The client is answered. What is gathered is handed on when the answer has been given. */
  answered(response: Response): Promise<Response>
  /** There is no answer, for a defect of ours. */
  abandoned(): void
}

export interface RecordingDeps {
  readonly isCaptured: (principal: Principal) => boolean
  readonly bytesMax: number
  readonly room: Room
  readonly offer: (payload: PayloadRecord, bytes: number) => void
  readonly onDropped: () => void
}

export interface RecordedCall {
  readonly id: string
  readonly request: Request
  readonly startedAtMs: number
}

interface Attempt {
  readonly to: SentTo
  readonly request: UpstreamRequest
  readonly sentBody: BodyCopy
  response: { readonly answer: UpstreamAnswer; readonly body: BodyCopy } | undefined
}

/** Begins the recording of one request. */
export const record = (deps: RecordingDeps, call: RecordedCall): Recording => new Gathering(deps, call)

class Gathering implements Recording {
  readonly #deps: RecordingDeps
  readonly #call: RecordedCall
  readonly #room: Room
  /** How much room it takes, to be given back. */
  #taken = 0
  #userId: string | undefined
  #isAdmitted = false
  #isStream = false
  #isOver = false
  #clientBody: BodyCopy | undefined
  readonly #attempts: Attempt[] = []

  constructor(deps: RecordingDeps, call: RecordedCall) {
    this.#deps = deps
    this.#call = call
    this.#room = {
      take: (bytes) => {
        if (this.#isOver || !deps.room.take(bytes)) return false
        this.#taken += bytes
        return true
      },
      give: () => undefined,
    }
  }

  asked(principal: Principal): void {
    if (this.#deps.isCaptured(principal)) this.#userId = principal.userId
  }

  read(body: Uint8Array, isStream: boolean): void {
    this.#isStream = isStream
    if (this.#userId === undefined) return
    this.#clientBody = this.#copy()
    this.#clientBody.keep(body)
  }

  admitted(): void {
    this.#isAdmitted = true
  }

  sent(request: UpstreamRequest, to: SentTo): ReturnType<Recording['sent']> {
    if (this.#userId === undefined || this.#isOver) return (answer) => answer
    const attempt: Attempt = { to, request, sentBody: this.#copy(), response: undefined }
    if (request.body) attempt.sentBody.keep(request.body)
    this.#attempts.push(attempt)
    return (answer) => {
      if (!answer.ok || this.#isOver) return answer
      const body = this.#copy()
      attempt.response = { answer: answer.value, body }
      return ok(copied(answer.value, body))
    }
  }

  async answered(response: Response): Promise<Response> {
    if (this.#userId === undefined || this.#isOver) return response
    if (!this.#isAdmitted) {
      this.#drop()
      return response
    }
    const body = this.#copy()
    const end = (): void => this.#end(response, body)
    if (!response.body) {
      end()
      return response
    }
    const { status, headers } = response
    if (this.#isStream) return new Response(passing(response.body, body, end), { status, headers })
    // All of it is there already: read here it keeps its length for the client.
    const bytes = new Uint8Array(await response.arrayBuffer())
    body.keep(bytes)
    end()
    return new Response(bytes, { status, headers })
  }

  abandoned(): void {
    this.#drop()
  }

  #copy(): BodyCopy {
    return copyBody(this.#deps.bytesMax, this.#room, () => this.#full())
  }

  /** Nothing of it is kept: half a payload would look like a whole one. */
  #full(): void {
    if (this.#isOver) return
    this.#drop()
    this.#deps.onDropped()
  }

  #drop(): void {
    this.#isOver = true
    this.#deps.room.give(this.#taken)
    this.#taken = 0
    this.#attempts.length = 0
    this.#clientBody = undefined
  }

  #end(response: Response, body: BodyCopy): void {
    const userId = this.#userId
    if (this.#isOver || userId === undefined) return
    const stored = JSON.stringify(this.#stored(response, body))
    const { id, startedAtMs } = this.#call
    const taken = this.#taken
    this.#taken = 0
    this.#drop()
    this.#deps.offer({ requestId: id, userId, atMs: startedAtMs, body: stored }, taken)
  }

  #stored(response: Response, body: BodyCopy): StoredPayload {
    const { request } = this.#call
    const written = this.#clientBody ?? this.#copy()
    return {
      client_request: {
        method: request.method,
        path: new URL(request.url).pathname,
        ...this.#written(request.headers, written),
      },
      client_response: { status: response.status, ...this.#written(response.headers, body) },
      attempts: this.#attempts.map((attempt) => ({
        channel: attempt.to.channel,
        start_ms: attempt.to.startMs,
        request: this.#sentJson(attempt),
        response: this.#answerJson(attempt),
      })),
    }
  }

  #written(headers: Headers | Readonly<Record<string, string>>, copy: BodyCopy, hide: Hide = (bytes) => bytes) {
    return writeBody(shownHeaders(headers), hide(copy.bytes), copy.length, this.#deps.bytesMax)
  }

  #sentJson({ request, sentBody, to }: Attempt): RequestJson {
    const path = new URL(request.url).pathname
    return { method: request.method, path, ...this.#written(request.headers, sentBody, to.hide) }
  }

  #answerJson({ response, to }: Attempt): ResponseJson | null {
    if (!response) return null
    const { answer, body } = response
    return { status: answer.status, ...this.#written(answer.headers, body, to.hide) }
  }
}

/** An answer whose bytes are copied by whoever reads it. */
const copied = (answer: UpstreamAnswer, body: BodyCopy): UpstreamAnswer => ({
  status: answer.status,
  headers: answer.headers,
  read: async () => {
    const next = await answer.read()
    if (next.ok && next.value !== undefined) body.keep(next.value)
    return next
  },
  whole: async (bytesMax) => {
    const whole = await answer.whole(bytesMax)
    if (whole.ok) body.keep(whole.value)
    return whole
  },
  cancel: () => answer.cancel(),
  ...(answer.outlive && { outlive: () => answer.outlive?.() }),
})

/** A stream that passes as it comes: one read, one write. */
const passing = (stream: ReadableStream<Uint8Array>, body: BodyCopy, end: () => void): ReadableStream<Uint8Array> => {
  const reader = stream.getReader()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read()
          if (!done) {
            body.keep(value)
            return controller.enqueue(value)
          }
          end()
          controller.close()
        } catch (error) {
          end()
          throw error
        }
      },
      cancel: (reason) => {
        end()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
