import { asProtoJson } from './gemini-json.ts'
import { geminiRules } from './gemini-rules.ts'
import { geminiJsonSchema, openApiSchema } from './schemas.ts'
import type { Sent } from './sent.ts'
import {
  anything,
  base64,
  type Check,
  either,
  flag,
  integer,
  list,
  number,
  object,
  objectOf,
  oneOf,
  record,
  run,
  text,
} from './shapes.ts'

const MIME = /^[a-z]+\/[a-z0-9.+-]+$/
const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/
const id = { id: text({ min: 1 }) }

const inlineData = object({ mimeType: text({ matches: MIME }), data: base64 }, { displayName: text({ min: 1 }) })
const fileData = object({ fileUri: text({ min: 1 }) }, { mimeType: text({ matches: MIME }) })
const functionCall = object(
  { name: text({ matches: NAME }) },
  { ...id, args: record(anything), partialArgs: anything, willContinue: flag },
)
const functionResponse = object(
  { name: text({ matches: NAME }), response: record(anything) },
  {
    ...id,
    parts: list(object({}, { inlineData, fileData }), 1),
    willContinue: flag,
    scheduling: anything,
  },
)

/** Of these a part has exactly one. */
const DATA: Readonly<Record<string, Check>> = {
  text: text(),
  inlineData,
  fileData,
  functionCall,
  functionResponse,
  executableCode: object({ code: text() }, { ...id, language: text() }),
  codeExecutionResult: object({ outcome: text() }, { ...id, output: text() }),
  toolCall: anything,
  toolResponse: anything,
  audioTranscription: anything,
}

const part: Check = (value, at, faults) => {
  object(
    {},
    {
      ...DATA,
      thought: flag,
      thoughtSignature: either(base64, oneOf('skip_thought_signature_validator')),
      videoMetadata: anything,
      mediaResolution: anything,
      partMetadata: anything,
      mediaProcessing: anything,
      speechMetadata: anything,
    },
  )(value, at, faults)
  const kinds = Object.keys(objectOf(value)).filter((name) => Object.hasOwn(DATA, name))
  if (kinds.length !== 1) faults.push(`${at} must have exactly one of its data fields, not ${kinds.length}`)
  const { text: said, thoughtSignature } = objectOf(value)
  if (said === '' && thoughtSignature === undefined) faults.push(`${at}: an empty text`)
}

const content = object({ parts: list(part, 1) }, { role: oneOf('user', 'model') })
const systemInstruction = object(
  { parts: list(object({ text: text({ min: 1 }) }, { thought: flag }), 1) },
  { role: text() },
)

const declaration = object(
  { name: text({ matches: NAME }) },
  {
    description: text(),
    parameters: openApiSchema,
    parametersJsonSchema: geminiJsonSchema,
    response: openApiSchema,
    responseJsonSchema: geminiJsonSchema,
    behavior: anything,
  },
)

const tool = object(
  {},
  {
    functionDeclarations: list(declaration, 1, 512),
    googleSearch: anything,
    googleSearchRetrieval: anything,
    urlContext: anything,
    codeExecution: anything,
    googleMaps: anything,
    computerUse: anything,
    fileSearch: anything,
    mcpServers: anything,
    retrieval: anything,
    enterpriseWebSearch: anything,
    exaAiSearch: anything,
    parallelAiSearch: anything,
  },
)

const generationConfig = object(
  {},
  {
    temperature: number(0, 2),
    topP: number(0, 1),
    topK: integer(1),
    candidateCount: integer(1, 8),
    maxOutputTokens: integer(1),
    stopSequences: list(text({ min: 1 }), 1, 5),
    responseLogprobs: flag,
    logprobs: integer(0, 20),
    presencePenalty: number(-2, 2),
    frequencyPenalty: number(-2, 2),
    seed: integer(-(2 ** 31), 2 ** 31 - 1),
    responseMimeType: oneOf('text/plain', 'application/json', 'text/x.enum'),
    responseSchema: openApiSchema,
    responseJsonSchema: geminiJsonSchema,
    responseFormat: anything,
    responseModalities: list(oneOf('TEXT', 'IMAGE', 'AUDIO', 'VIDEO')),
    speechConfig: anything,
    audioTimestamp: anything,
    mediaResolution: oneOf('MEDIA_RESOLUTION_LOW', 'MEDIA_RESOLUTION_MEDIUM', 'MEDIA_RESOLUTION_HIGH'),
    thinkingConfig: object(
      {},
      { includeThoughts: flag, thinkingBudget: integer(-1), thinkingLevel: oneOf('MINIMAL', 'LOW', 'MEDIUM', 'HIGH') },
    ),
    imageConfig: anything,
    enableEnhancedCivicAnswers: anything,
    enableAffectiveDialog: anything,
    routingConfig: anything,
    modelSelectionConfig: anything,
    audioTranscriptionConfig: anything,
    translationConfig: anything,
  },
)

const toolConfig = object(
  {},
  {
    functionCallingConfig: object(
      {},
      {
        mode: oneOf('AUTO', 'ANY', 'NONE', 'VALIDATED'),
        allowedFunctionNames: list(text({ matches: NAME }), 1),
        streamFunctionCallArguments: flag,
      },
    ),
    retrievalConfig: anything,
    includeServerSideToolInvocations: flag,
  },
)

const threshold = either(
  oneOf(
    'HARM_BLOCK_THRESHOLD_UNSPECIFIED',
    'BLOCK_LOW_AND_ABOVE',
    'BLOCK_MEDIUM_AND_ABOVE',
    'BLOCK_ONLY_HIGH',
    'BLOCK_NONE',
    'OFF',
  ),
  integer(0, 5),
)

const body = object(
  { contents: list(content, 1) },
  {
    systemInstruction,
    tools: list(tool, 1),
    toolConfig,
    safetySettings: list(
      object(
        { category: either(text({ matches: /^HARM_CATEGORY_/ }), integer(0, 20)), threshold },
        { method: anything },
      ),
    ),
    generationConfig,
    cachedContent: text(),
    labels: record(text({ max: 63 }), 64),
    serviceTier: oneOf('unspecified', 'flex', 'standard', 'priority'),
    modelArmorConfig: anything,
    model: text(),
    store: flag,
  },
)

/** What Google would refuse of a request to `generateContent`. */
export const faultsOfGemini = (value: unknown, sent: Sent = {}): string[] => {
  const request = objectOf(sent.isPassedThrough ? asProtoJson(value) : value)
  return [...run(body, request), ...geminiRules(request, sent)]
}
