import type { Measure, RefusingCeiling } from './types.ts'

/** The sentence that tells a client which limit refused. It names the kind of subject only: ids are not for everyone. */
export const refusalSentence = ({ subject, measure, limit }: RefusingCeiling): string => {
  const whose = WHOSE[subject.slice(0, subject.indexOf(':'))] ?? ''
  return `The limit of ${limit} ${WHAT[measure]}${whose} is reached.`
}

const WHAT: Readonly<Record<Measure, string>> = {
  requests: 'requests a minute',
  inputTokens: 'input tokens a minute',
  outputTokens: 'output tokens a minute',
  tokens: 'tokens a minute',
  concurrency: 'requests at once',
}

/** A key's own limit goes without saying whose it is. */
const WHOSE: Readonly<Record<string, string>> = {
  project: ' for the project',
  user: ' for all keys of the user together',
  group: ' for the group',
  model: ' for the model',
  ip: ' from one address',
}
