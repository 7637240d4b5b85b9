import {
  type Asked,
  type Json,
  listOf,
  objectOf,
  piecesOf,
  type Reply,
  type Speaker,
  sse,
  textOf,
  type Tool,
} from './speaker.ts'

const partsOf = (content: Json): readonly Json[] => listOf(content.parts)

const toolsOf = (body: Json): readonly Tool[] =>
  listOf(body.tools)
    .flatMap(({ functionDeclarations }) => listOf(functionDeclarations))
    .map(({ name, description, parameters, parametersJsonSchema }) => ({
      name: textOf(name),
      form: 'function',
      description: textOf(description),
      schema: objectOf(parametersJsonSchema ?? parameters),
    }))

/** What Google documents for calls that it did not sign. */
const STAND_IN = 'skip_thought_signature_validator'

/** A signature stands on a part, and must stand on the same part again. */
const stateOf = (part: Json): readonly string[] => {
  if (typeof part.thoughtSignature !== 'string' || part.thoughtSignature === STAND_IN) return []
  const { name } = objectOf(part.functionCall)
  return [`${name === undefined ? 'text' : textOf(name)} ${part.thoughtSignature}`]
}

const read = (body: Json, path: string): Asked => {
  const contents = listOf(body.contents)
  const thinking = objectOf(objectOf(body.generationConfig).thinkingConfig)
  return {
    streams: path.includes(':streamGenerateContent'),
    tools: toolsOf(body),
    answers: contents
      .filter(({ role }) => role === 'model')
      .map((content) => ({
        calls: partsOf(content).flatMap(({ functionCall }) => {
          const { id, name, args } = objectOf(functionCall)
          return functionCall === undefined
            ? []
            : [{ id: textOf(id), name: textOf(name), input: JSON.stringify(args ?? {}) }]
        }),
        states: partsOf(content).flatMap(stateOf),
      })),
    results: contents.flatMap(partsOf).flatMap(({ functionResponse }) => {
      const { id, response } = objectOf(functionResponse)
      return functionResponse === undefined ? [] : [{ id: textOf(id), text: JSON.stringify(response) }]
    }),
    thinks: thinking.thinkingBudget !== 0,
    keepsState: true,
    shows: thinking.includeThoughts === true,
  }
}

/** Only the first of parallel calls is signed, else the end of the text: in a stream, a part of its own. */
const partsOfReply = (reply: Reply, pieces: (text: string) => readonly string[]): readonly Json[] => {
  const { thought, text, calls, asked } = reply
  const signature = thought && { thoughtSignature: thought.seal }
  const said = text === '' ? [] : pieces(text)
  const ending = calls.length === 0 && signature ? [''] : []
  return [
    ...(thought && asked.shows ? pieces(thought.text).map((piece) => ({ text: piece, thought: true })) : []),
    ...(said.length === 1 && ending.length > 0
      ? said.map((piece) => ({ text: piece, ...signature }))
      : [...said.map((piece) => ({ text: piece })), ...ending.map((piece) => ({ text: piece, ...signature }))]),
    ...calls.map(({ id, name, input }, index) => ({
      functionCall: { id, name, args: JSON.parse(input) as Json },
      ...(index === 0 && signature),
    })),
  ]
}

const usageOf = ({ usage }: Reply): Json => {
  const prompt = usage.input + usage.cache_read
  return {
    promptTokenCount: prompt,
    cachedContentTokenCount: usage.cache_read,
    candidatesTokenCount: usage.output - usage.reasoning,
    thoughtsTokenCount: usage.reasoning,
    totalTokenCount: prompt + usage.output,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
  }
}

const answerOf = (reply: Reply, parts: readonly Json[], isLast: boolean): Json => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...(isLast && { finishReason: 'STOP' }) }],
  modelVersion: reply.model,
  responseId: reply.id,
  usageMetadata: usageOf(reply),
})

/** Google's generateContent, as its third generation has it. */
export const gemini: Speaker = {
  format: 'gemini',
  read,
  statesOf: ({ thought, calls }) => (thought ? [`${calls[0]?.name ?? 'text'} ${thought.seal}`] : []),
  whole: (reply) =>
    answerOf(
      reply,
      partsOfReply(reply, (text) => [text]),
      true,
    ),
  stream: (reply) => {
    const parts = partsOfReply(reply, piecesOf)
    return parts.map((part, index) => sse(answerOf(reply, [part], index === parts.length - 1))).join('')
  },
  error: (status, message) => ({
    error: { code: status, message, status: status === 401 ? 'UNAUTHENTICATED' : 'INVALID_ARGUMENT' },
  }),
}
