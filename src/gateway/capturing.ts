import type { Capture } from '../capture/capture.ts'
import type { Call } from './call.ts'
import type { Deps } from './handle.ts'

/**
 * The steps of the hot path, each telling the recording of its call what it learnt. Where nothing is captured the steps are
 * those that they were: nobody pays for what is off.
 */
export const capturedSteps = (deps: Deps): Deps => ({
  ...deps,
  authenticate: async (call) => {
    const principal = await deps.authenticate(call)
    if (principal.ok) call.recording?.asked(principal.value)
    return principal
  },
  read: async (call) => {
    const envelope = await deps.read(call)
    if (envelope.ok) call.recording?.read(envelope.value.scan.bytes, envelope.value.stream)
    return envelope
  },
  admit: async (call, principal, envelope, candidates) => {
    const admitted = await deps.admit(call, principal, envelope, candidates)
    if (admitted.ok) call.recording?.admitted()
    return admitted
  },
})

type Handle = (call: Call) => Promise<Response>

/** Gives each call a recording, and the recording the call's answer. */
export const withRecordings =
  (capture: Pick<Capture, 'begin'>, handle: Handle): Handle =>
  async (call) => {
    const recording = capture.begin(call)
    try {
      return await recording.answered(await handle({ ...call, recording }))
    } catch (error) {
      recording.abandoned()
      throw error
    }
  }
