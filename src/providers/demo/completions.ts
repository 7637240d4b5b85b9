import { json, sse, type Turn } from './stream.ts'
import { answerTo, countWords, isRecord, type Spoken, speak, wholeNumber } from './words.ts'

/** The legacy default: a completion without a limit is short. */
const TOKENS_DEFAULT = 16
const CHOICES_MAX = 64

/** OpenAI's legacy Completions: https://developers.openai.com/api/reference/resources/completions */
export const answerCompletions = (turn: Turn): Response => {
  const { body } = turn
  const prompts = promptsOf(body.prompt)
  const each = Math.max(1, wholeNumber(body.n) ?? 1)
  const spoken = prompts
    .flatMap((prompt) => Array.from({ length: Math.min(each, CHOICES_MAX) }, () => prompt))
    .slice(0, CHOICES_MAX)
    .map((prompt) => speak(answerTo(prompt), wholeNumber(body.max_tokens) ?? TOKENS_DEFAULT))
  const prompt_tokens = prompts.reduce((sum, prompt) => sum + countWords(prompt), 0)
  const completion_tokens = spoken.reduce((sum, one) => sum + one.tokens, 0)
  const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
  return body.stream === true
    ? streamed(turn, spoken, usage)
    : json({ ...envelope(turn), choices: spoken.map(choice), usage })
}

/** A text, a list of texts, or a text (or several) as token numbers. */
const promptsOf = (prompt: unknown): readonly string[] => {
  if (typeof prompt === 'string') return [prompt]
  if (!Array.isArray(prompt) || prompt.length === 0) return ['']
  if (typeof prompt[0] === 'number') return [prompt.join(' ')]
  return prompt.map((one) => (Array.isArray(one) ? one.join(' ') : String(one)))
}

const envelope = ({ id, nowSeconds, body }: Turn) => ({
  id: `cmpl-${id}`,
  object: 'text_completion',
  created: nowSeconds,
  model: body.model,
})

const choice = (spoken: Spoken, index: number) => ({
  text: spoken.text,
  index,
  logprobs: null,
  finish_reason: spoken.isCut ? 'length' : 'stop',
})

const streamed = (turn: Turn, spoken: readonly Spoken[], usage: unknown): Response => {
  const options = turn.body.stream_options
  const wantsUsage = isRecord(options) && options.include_usage === true
  const head = envelope(turn)
  const chunk = (text: string, index: number, finish_reason: string | null) => ({
    ...head,
    choices: [{ text, index, logprobs: null, finish_reason }],
    ...(wantsUsage && { usage: null }),
  })
  const events = spoken.flatMap((one, index) => [
    ...one.pieces.map((piece) => chunk(piece, index, null)),
    chunk('', index, one.isCut ? 'length' : 'stop'),
  ])
  const last = wantsUsage ? [{ ...head, choices: [], usage }] : []
  return turn.stream([...sse([...events, ...last]), 'data: [DONE]\n\n'])
}
