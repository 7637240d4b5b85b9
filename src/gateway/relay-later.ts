import { fault, type GatewayError } from '../errors.ts'
import type { Candidate } from '../routing/types.ts'
import { type AnswerHeaders, comesAsStream, statusOf } from './answer.ts'
import type { Admitted, Begun, Call } from './call.ts'
import type { Outcome } from './failures.ts'
import { createPulse } from './pulse.ts'
import { framingOf, openStream, type StreamController, streamedAnswer, type StreamSource } from './relay-stream.ts'
import { wholeAnswer, type WholeDeps } from './relay-whole.ts'
import type { Closing } from './tab.ts'
import { refusalOf } from './upstream-errors.ts'
import { failureOf } from './upstream-failures.ts'

/**
 * Answers a client whose stream has begun upstream and has no content yet: its headers go out, then signs of life, and
 * nothing of the stream itself, so that another upstream can still take over. What comes in the end is relayed as ever;
 * where nobody answers, the client is told in the stream, and nothing is charged.
 */
export const relayLater = (
  deps: WholeDeps,
  call: Call,
  admitted: Admitted,
  begun: Begun,
  later: Promise<Outcome>,
  headers: AnswerHeaders,
): Response => {
  let client: StreamController | undefined
  const pulse = createPulse({
    ...deps,
    keepAlive: call.protocol.keepAlive,
    send: (bytes) => client?.enqueue(bytes),
    onStalled: () => undefined,
  })
  const opened = later
    .then((outcome) => open(deps, call, admitted, outcome))
    .catch((error: unknown): GatewayError => {
      deps.onDefect(call, error)
      void closeQuietly(admitted, failedClosing(begun.candidate, 500))
      return fault('internal', 'Something broke on our side.')
    })
    .finally(() => pulse.end())
  // Whoever was asked may speak another format than the client, which reads what its headers say.
  const place = framingOf(headers['content-type']) === 'sse' ? 'sse' : 'json-first'
  const source: StreamSource = {
    start: (controller) => {
      client = controller
      // The headers leave with the first byte, and the SDKs pass over a sign of life wherever it stands.
      if (call.protocol.keepAlive !== '') controller.enqueue(TEXT.encode(call.protocol.keepAlive))
      pulse.waiting()
    },
    pull: async (controller) => {
      const stream = await opened
      // What is still read for somebody who has left is read by whoever drains it.
      if (!client || call.request.signal.aborted) return
      if ('pull' in stream) {
        stream.start(controller)
        return stream.pull(controller)
      }
      controller.enqueue(TEXT.encode(call.protocol.renderStreamError(stream, call.id, place)))
      controller.close()
    },
    cancel: async () => {
      client = undefined
      const stream = await opened
      if ('pull' in stream) await stream.cancel()
    },
  }
  return streamedAnswer(source, begun.answer.status, headers)
}

const TEXT = new TextEncoder()

/** The answer that has come, or the error that it ends with, settled. */
const open = async (
  deps: WholeDeps,
  call: Call,
  admitted: Admitted,
  outcome: Outcome,
): Promise<StreamSource | GatewayError> => {
  const [first] = admitted.candidates
  if (!outcome.ok) {
    const clientLeft = outcome.error.kind === 'client-closed'
    if (first) await closeQuietly(admitted, failedClosing(first, statusOf(outcome.error, call), clientLeft))
    return outcome.error
  }
  const { answer, candidate, prepared } = outcome.value
  if (answer.status < 300 && comesAsStream(call, admitted.envelope, outcome.value))
    return openStream(deps, call, admitted, outcome.value)
  if (answer.status < 300 && prepared.translation) return openWhole(deps, call, admitted, outcome.value)
  const error = await errorOf(deps, outcome.value)
  await closeQuietly(admitted, failedClosing(candidate, statusOf(error, call)))
  return error
}

/** An answer in one piece, told as the stream that was asked for: whatever is translated can be. */
const openWhole = async (
  deps: WholeDeps,
  call: Call,
  admitted: Admitted,
  begun: Begun,
): Promise<StreamSource | GatewayError> => {
  const whole = await wholeAnswer(deps, call, admitted, begun)
  if (!whole.ok) {
    const { error, observation } = whole.error
    const closing = failedClosing(begun.candidate, statusOf(error, call), error.kind === 'client-closed')
    await closeQuietly(admitted, { ...closing, observation })
    return error
  }
  const { body } = whole.value
  return {
    start: () => undefined,
    pull: async (controller) => {
      controller.enqueue(typeof body === 'string' ? TEXT.encode(body) : body)
      controller.close()
    },
    cancel: async () => undefined,
  }
}

/** A refusal, in words for a stream that has begun. An answer in one piece that passes untranslated has no place in it. */
const errorOf = async (deps: WholeDeps, begun: Begun): Promise<GatewayError> => {
  const { answer, candidate, prepared } = begun
  if (answer.status < 300) {
    answer.cancel()
    return failureOf({ kind: 'unreadable', untouched: false, detail: 'one piece instead of a stream' }, candidate)
  }
  const refusal = await refusalOf(begun, deps.answerBytesMax, deps.nowMs())
  if (!refusal.ok) return refusal.error
  return prepared.readError(refusal.value.status, JSON.parse(new TextDecoder().decode(refusal.value.body)))
}

/** A tab that cannot be closed has given its hold back and been logged by its opener. */
const closeQuietly = async ({ tab }: Admitted, closing: Closing): Promise<void> => {
  await tab.close(closing).catch(() => undefined)
}

/** How a request ends whose client got nothing of an answer. */
export const failedClosing = (candidate: Candidate, status: number, clientLeft = false): Closing => ({
  candidate,
  ended: clientLeft ? 'client_cut' : 'failed',
  status,
  observation: undefined,
  delivered: () => '',
  ttftMs: null,
})
