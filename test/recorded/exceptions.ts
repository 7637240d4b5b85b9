/**
 * Recordings that may differ for a reason of their own, each with it. Differences with a rule behind them
 * (`expectation.ts`) are not listed: there, the expected bytes are known exactly.
 */
export interface Exception {
  /** Why the answer, status included, need not arrive as recorded. */
  readonly bytes?: string
  /** Why the receipt need not say what the recording does. */
  readonly usage?: string
  /** Whether its usage differs depends on how its bytes are cut on their way. */
  readonly isUnsteady?: true
}

const MISLABELLED =
  'a stream that its recorder labelled application/json, as no vendor does: taken for a unary answer, it is unreadable'
const ECHO = 'an echo of the request and no answer of the format, though its status says so: it is unreadable'
const WRITER =
  'its deltas are Writer\u2019s own, not Completions: no content is seen in them, nor an end, so it is a stream that broke off before any'
const REFUSED =
  'a stream that fails before any content, for a quota of the account: an HTTP error, told as the operator\u2019s'
const JOINED =
  'the answers of several requests, joined by their recorder: charged is what was known when an end mark had come'
const SEVERAL: Exception = { usage: JOINED, isUnsteady: true }

export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  'openai-openai-chat-s-646c46b6aea5': { bytes: MISLABELLED, usage: MISLABELLED },
  'openai-openai-chat-s-d25c8c601ee4': { bytes: MISLABELLED, usage: MISLABELLED },
  'openai-openai-completions-s-dc6524ae6ab3': { bytes: MISLABELLED, usage: MISLABELLED },
  'other-openai-chat-u-bbab8b1cf056': { bytes: ECHO, usage: ECHO },
  'writer-openai-completions-s-428ccfc9c560': { bytes: WRITER, usage: WRITER },
  'openai-openai-responses-s-7014024af934': { bytes: REFUSED },
  'azure-openai-responses-s-98f253043b24': SEVERAL,
  'openai-openai-responses-s-6162e166d4aa': SEVERAL,
  'anthropic-anthropic-messages-s-07c202edcee0': SEVERAL,
  'anthropic-anthropic-messages-s-30f94e428738': SEVERAL,
  'anthropic-anthropic-messages-s-3dafc5e3821d': SEVERAL,
  'anthropic-anthropic-messages-s-874cf09e8c5e': SEVERAL,
  'anthropic-anthropic-messages-s-c372bdb011bd': SEVERAL,
}

/** Whether an answer says that the account at the vendor is at fault. */
export const blamesTheAccount = (id: string): boolean => EXCEPTIONS[id]?.bytes === REFUSED

const OLD_IDS = 'a result of another call: taken from an early Claude 3, and refused since'
const NOT_OPENAI = 'a small open model at an address of its own, which takes fewer tokens than OpenAI’s least'

const HALF = 'asked without the response that it goes on from, which holds the call that it answers'

/** Recorded requests that break a rule of their API, and were answered all the same: as they are asked for here. */
export const UNJUDGED: Readonly<Record<string, string>> = {
  'anthropic-anthropic-messages-s-4ace99ab7bcc': OLD_IDS,
  'anthropic-anthropic-messages-s-e7ce71a59397': OLD_IDS,
  'openai-openai-responses-u-dc1a64a883a9': NOT_OPENAI,
  'openai-openai-responses-u-7a980f855518': HALF,
  'openai-openai-responses-u-f720f82de908': HALF,
}
