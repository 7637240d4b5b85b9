import { type Json, listOf, objectOf } from '../../translation/frames.ts'

/**
 * The one answer that Gemini's chunks tell: parts in order, texts that touch as one, and of everything else what the last
 * chunk says. Google's own SDK leaves this to its users. Of a whole answer it only joins texts.
 */
export const gathered = (chunks: readonly Json[]): Json => {
  const candidates = chunks.flatMap(({ candidates: told }) => listOf(told))
  const parts = joined(candidates.flatMap(({ content }) => listOf(objectOf(content).parts)))
  const tokens = candidates.map(({ logprobsResult }) => objectOf(logprobsResult))
  const { logprobsResult: _, ...candidate } = candidates.at(-1) ?? {}
  const logprobs = Object.fromEntries(
    ['topCandidates', 'chosenCandidates'].map((name) => [name, tokens.flatMap((result) => listOf(result[name]))]),
  )
  return {
    ...chunks.at(-1),
    candidates: [{ ...candidate, content: { parts, role: 'model' }, logprobsResult: logprobs }],
  }
}

/** A text goes on in the next part if both are words, or both thoughts, and not each of them is signed. */
const joined = (parts: readonly Json[]): readonly Json[] => {
  const out: Json[] = []
  for (const part of parts) {
    const last = out.at(-1)
    const isFree = last?.thoughtSignature === undefined || part.thoughtSignature === undefined
    if (last && isFree && last.thought === part.thought && isText(last) && isText(part))
      out[out.length - 1] = { ...last, ...part, text: textIn(last) + textIn(part) }
    // The last chunk has a part even where nothing is left to say.
    else if (part.text !== '' || part.thoughtSignature !== undefined) out.push(part)
  }
  return out
}

const isText = ({ text }: Json): boolean => typeof text === 'string'
const textIn = ({ text }: Json): string => (typeof text === 'string' ? text : '')

/** The same without the order between words, thoughts, calls and state. */
export const unordered = (answer: Json): Json => {
  const [candidate = {}] = listOf(answer.candidates)
  const parts = listOf(objectOf(candidate.content).parts)
  const textOf = (isThought: boolean): string =>
    parts.map((part) => ((part.thought === true) === isThought ? textIn(part) : '')).join('')
  const content = {
    words: textOf(false),
    thoughts: textOf(true),
    calls: parts.flatMap(({ functionCall }) => functionCall ?? []),
    // A slot holds as many envelopes as there were when it was written.
    states: parts.flatMap(({ thoughtSignature }) =>
      typeof thoughtSignature === 'string' ? Buffer.from(thoughtSignature, 'base64').toString().split('\n') : [],
    ),
  }
  return { ...answer, candidates: [{ ...candidate, content }] }
}
