import type { MessagesEvent } from './answer.ts'
import { type CliAsk, readAsk } from './ask.ts'
import { Availability } from './availability.ts'
import type { CliSettings } from './command.ts'
import { type CliFailure, renderFailure } from './failures.ts'
import type { RunParts, RunStep } from './run.ts'
import { type Running, Runs } from './runs.ts'
import { WholeMessage } from './whole.ts'

export interface ClaudeCliParts extends RunParts {
  readonly settings: CliSettings
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** The command as a server of the Messages API, in one function and without a network. */
export interface ClaudeCli {
  /** Answers a request; fails only if it is aborted. Its process is gone once the answer has ended or been aborted. */
  fetch(request: Request): Promise<Response>
  /** What the operator is to do for it to answer; `undefined`: nothing. */
  fault(): Promise<string | undefined>
  /** From now on these count; what runs goes on as it began. */
  use(settings: CliSettings): void
  /** How many run and wait now. */
  readonly load: { readonly running: number; readonly waiting: number }
  /** Ends everything that runs. */
  close(): Promise<void>
}

/** Makes the other end of a `claude-cli` provider. */
export const createClaudeCli = (parts: ClaudeCliParts): ClaudeCli => {
  let settings = parts.settings
  const runs = new Runs(parts, () => settings)
  const availability = new Availability({ ...parts, settings: () => settings })

  const answer = async (ask: CliAsk, signal: AbortSignal): Promise<Response> => {
    const begun = await runs.begin(ask, signal)
    const failure = begun.ok ? undefined : begun.error
    const answered = begun.ok ? await (ask.stream ? streamed : whole)(begun.value) : failure
    // A run that was aborted failed for no fault of its own.
    signal.throwIfAborted()
    if (answered instanceof Response) {
      availability.learn(undefined)
      return answered
    }
    const known: CliFailure = answered ?? { kind: 'broken' }
    availability.learn(known)
    const { status, body, headers } = renderFailure(known, parts.nowMs())
    return json(body, status, headers)
  }

  const streamed = async (running: Running): Promise<Response | CliFailure> => {
    const first = await running.first()
    if (!('events' in first)) return first
    return new Response(eventStream(running, first, parts.nowMs), {
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    })
  }

  return {
    fetch: async (request) => {
      if (!new URL(request.url).pathname.endsWith('/messages')) return json(NO_ENDPOINT, 404)
      const ask = readAsk(await bodyOf(request))
      if (!ask.ok) {
        const refused = renderFailure({ kind: 'request', text: ask.error.message }, parts.nowMs())
        return json(refused.body, refused.status)
      }
      return answer(ask.value, request.signal)
    },
    fault: () => availability.fault(),
    use: (next) => {
      settings = next
    },
    get load() {
      return runs.load
    },
    close: () => runs.close(),
  }
}

const whole = async (running: Running): Promise<Response | CliFailure> => {
  const message = new WholeMessage()
  const first = await running.first()
  if (!('events' in first)) return first
  for (let step = first; ; step = await running.next()) {
    for (const event of step.events) message.add(event)
    if (step.end === 'done') return json(message.value, 200)
    if (step.end !== undefined) return step.end
  }
}

/** The events as they come; a failure after the first is an event too, as at the vendor. */
const eventStream = (running: Running, first: RunStep, nowMs: () => number): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let ahead: RunStep | undefined = first
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const step = ahead ?? (await running.next())
        ahead = undefined
        const failure = step.end === undefined || step.end === 'done' ? [] : [errorEvent(step.end, nowMs())]
        for (const event of [...step.events, ...failure]) controller.enqueue(encoder.encode(framed(event)))
        if (step.end !== undefined) controller.close()
      },
      cancel: () => running.end(),
    },
    // Nothing is read before it is asked for.
    { highWaterMark: 0 },
  )
}

const errorEvent = (failure: CliFailure, nowMs: number): MessagesEvent => ({
  type: 'error',
  ...(renderFailure(failure, nowMs).body as object),
})

const framed = (event: MessagesEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

const json = (body: unknown, status: number, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

/** Tokens are counted by the gateway: the command counts none without asking for an answer. */
const NO_ENDPOINT = {
  type: 'error',
  error: { type: 'not_found_error', message: 'The Claude CLI answers messages, and nothing else.' },
}

const bodyOf = async (request: Request): Promise<unknown> => {
  try {
    return await request.json()
  } catch {
    return undefined
  }
}
