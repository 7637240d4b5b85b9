import { json, type Turn } from './stream.ts'
import { type OfferedTool, type ToolCall, toolCallFor } from './tools.ts'
import { answerTo, countWords, isRecord, listOf, type Spoken, speak, textOf, wholeNumber } from './words.ts'

const CANDIDATES_MAX = 8

export interface GeminiTurn extends Turn {
  readonly model: string
  /** `?alt=sse`; without it a stream is one JSON array, written as it grows. */
  readonly isSse: boolean
}

/** `generateContent` and `streamGenerateContent`: https://ai.google.dev/api/generate-content */
export const answerGemini = (turn: GeminiTurn, isStream: boolean): Response => {
  const { body } = turn
  const contents = listOf(body.contents).filter(isRecord)
  const last = contents.at(-1)
  const prompt = textOf(contents.filter((content) => content.role !== 'model').at(-1))
  const isResult = listOf(last?.parts).some((part) => isRecord(part) && part.functionResponse !== undefined)
  const call = isResult ? undefined : toolCallFor(prompt, offered(body.tools))
  const settings = isRecord(body.generationConfig) ? body.generationConfig : {}
  const spoken = speak(call ? '' : answerTo(prompt), wholeNumber(settings.maxOutputTokens))
  const candidates = Math.min(wholeNumber(settings.candidateCount) ?? 1, CANDIDATES_MAX)
  const chunks = chunksOf(turn, spoken, call, candidates)
  return isStream ? turn.stream(framed(chunks, turn.isSse)) : json(whole(turn, spoken, call, candidates))
}

/** `countTokens`; the request may hold a whole generate request. */
export const countGemini = ({ body }: Turn): Response => {
  const counted = isRecord(body.generateContentRequest) ? body.generateContentRequest : body
  const totalTokens = inputWords(counted)
  return json({ totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] })
}

const inputWords = (body: Turn['body']): number =>
  countWords(textOf(body.systemInstruction ?? body.system_instruction)) + countWords(textOf(body.contents))

const offered = (tools: unknown): OfferedTool[] =>
  listOf(tools)
    .flatMap((tool) => (isRecord(tool) ? listOf(tool.functionDeclarations) : []))
    .flatMap((declared) =>
      isRecord(declared) && typeof declared.name === 'string'
        ? [{ name: declared.name, schema: declared.parametersJsonSchema ?? declared.parameters }]
        : [],
    )

const usageOf = (turn: Turn, output: number) => {
  const input = inputWords(turn.body)
  return {
    promptTokenCount: input,
    candidatesTokenCount: output,
    totalTokenCount: input + output,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
  }
}

const finishReason = (spoken: Spoken): string => (spoken.isCut ? 'MAX_TOKENS' : 'STOP')

const tail = (turn: GeminiTurn, output: number) => ({
  usageMetadata: usageOf(turn, output),
  modelVersion: turn.model,
  responseId: turn.id,
})

const callPart = (call: ToolCall) => ({ functionCall: { name: call.name, args: call.args } })

const whole = (turn: GeminiTurn, spoken: Spoken, call: ToolCall | undefined, candidates: number) => ({
  candidates: Array.from({ length: candidates }, (_, index) => ({
    content: { parts: [call ? callPart(call) : { text: spoken.text }], role: 'model' },
    finishReason: finishReason(spoken),
    index,
  })),
  ...tail(turn, (call?.tokens ?? spoken.tokens) * candidates),
})

/** Each chunk is a whole response with a piece of the text and the usage so far; the last carries the finish reason. */
const chunksOf = (
  turn: GeminiTurn,
  spoken: Spoken,
  call: ToolCall | undefined,
  candidates: number,
): readonly unknown[] => {
  const parts: readonly unknown[] = call ? [callPart(call)] : spoken.pieces.map((text) => ({ text }))
  let words = 0
  return parts.map((part, at) => {
    words += call ? call.tokens : countWords(spoken.pieces[at] ?? '')
    const isLast = at === parts.length - 1
    return {
      candidates: Array.from({ length: candidates }, (_, index) => ({
        content: { parts: [part], role: 'model' },
        ...(isLast && { finishReason: finishReason(spoken) }),
        index,
      })),
      ...tail(turn, words * candidates),
    }
  })
}

const framed = (chunks: readonly unknown[], isSse: boolean): string[] => {
  if (isSse) return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`)
  return [...chunks.map((chunk, at) => `${at === 0 ? '[' : ',\r\n'}${JSON.stringify(chunk)}`), ']']
}
