import { geminiJsonSchema, openApiSchema } from './schemas.ts'
import type { Sent } from './sent.ts'
import {
  anything,
  base64,
  type Check,
  either,
  flag,
  integer,
  isObject,
  type Json,
  list,
  listOf,
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
    },
  )(value, at, faults)
  const kinds = Object.keys(objectOf(value)).filter((name) => Object.hasOwn(DATA, name))
  if (kinds.length !== 1) faults.push(`${at} must have exactly one of its data fields, not ${kinds.length}`)
  const { text: said, thoughtSignature } = objectOf(value)
  if (said === '' && thoughtSignature === undefined) faults.push(`${at}: an empty text`)
}

const content = object({ parts: list(part, 1) }, { role: oneOf('user', 'model') })
const systemInstruction = object({ parts: list(object({ text: text({ min: 1 }) }), 1) }, { role: text() })

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
  },
)

const toolConfig = object(
  {},
  {
    functionCallingConfig: object(
      {},
      { mode: oneOf('AUTO', 'ANY', 'NONE', 'VALIDATED'), allowedFunctionNames: list(text({ matches: NAME }), 1) },
    ),
    retrievalConfig: anything,
    includeServerSideToolInvocations: flag,
  },
)

const body = object(
  { contents: list(content, 1) },
  {
    systemInstruction,
    tools: list(tool, 1),
    toolConfig,
    safetySettings: list(anything),
    generationConfig,
    cachedContent: text(),
    labels: record(text({ max: 63 }), 64),
    serviceTier: oneOf('unspecified', 'flex', 'standard', 'priority'),
    modelArmorConfig: anything,
  },
)

/** What Google would refuse of a request to `generateContent`. */
export const faultsOfGemini = (value: unknown, { url, isPassedThrough }: Sent = {}): string[] => {
  const request = objectOf(isPassedThrough ? asJson(value) : value)
  return [...run(body, request), ...turnRules(request), ...fieldRules(request), ...idRules(request, url)]
}

/** Google reads names in either case, and `null` as nothing. */
const asJson = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asJson)
  if (!isObject(value)) return value
  const present = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(
    present.map(([name, member]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      FREE.has(name) ? member : asJson(member),
    ]),
  )
}
/** Members whose own members are the client's. */
const FREE = new Set(['args', 'response', 'properties', 'parametersJsonSchema', 'responseJsonSchema'])

const partsOf = (turn: Json | undefined, kind: string): readonly Json[] =>
  listOf(turn?.parts)
    .filter((one) => isObject(one[kind]))
    .map((one) => objectOf(one[kind]))

const turnRules = (request: Json): readonly string[] => {
  const faults: string[] = []
  const contents = listOf(request.contents)
  if (contents[0]?.role === 'model') faults.push('/contents/0: the conversation must begin with the user')
  for (const [index, turn] of contents.entries()) {
    const at = `/contents/${index}`
    const calls = partsOf(turn, 'functionCall')
    const responses = partsOf(turn, 'functionResponse')
    if (turn.role === 'model' && responses.length > 0) faults.push(`${at}: a functionResponse of the model`)
    if (turn.role !== 'model' && calls.length > 0) faults.push(`${at}: a functionCall of the user`)
    const before = index > 0 ? partsOf(contents[index - 1], 'functionCall') : []
    if (responses.length > 0 && contents[index - 1]?.role !== 'model')
      faults.push(`${at}: a functionResponse that follows no functionCall`)
    const after = partsOf(contents[index + 1], 'functionResponse')
    if (calls.length > 0 && after.length !== calls.length)
      faults.push(
        `${at}: the number of function response parts (${after.length}) is not that of function call parts (${calls.length})`,
      )
    for (const [place, response] of responses.entries()) {
      const call = before[place]
      if (response.name !== call?.name)
        faults.push(`${at}: response ${place} is of ${response.name}, the call of ${call?.name}`)
      if (response.id !== call?.id)
        faults.push(`${at}: response ${place} has the id ${response.id}, the call ${call?.id}`)
    }
    const ids = calls.flatMap((call) => (call.id === undefined ? [] : [call.id]))
    if (new Set(ids).size < ids.length) faults.push(`${at}: call ids twice`)
    const first = contents[index + 1]?.parts
    if (calls.length > 0 && Array.isArray(first) && !isObject(objectOf(first[0]).functionResponse))
      faults.push(`${at}: other parts before the function responses`)
  }
  return faults
}

const fieldRules = (request: Json): readonly string[] => {
  const faults: string[] = []
  const { mode, allowedFunctionNames } = objectOf(objectOf(request.toolConfig).functionCallingConfig)
  const names = listOf(request.tools).flatMap(({ functionDeclarations }) =>
    listOf(functionDeclarations).map(({ name }) => name),
  )
  if (new Set(names).size < names.length) faults.push('/tools: function names must be unique')
  if (allowedFunctionNames !== undefined && mode !== 'ANY' && mode !== 'VALIDATED')
    faults.push(`/toolConfig: allowedFunctionNames with mode ${mode}`)
  for (const name of Array.isArray(allowedFunctionNames) ? allowedFunctionNames : [])
    if (!names.includes(name)) faults.push(`/toolConfig allows ${name}, which is no function`)
  if ((mode === 'ANY' || mode === 'VALIDATED') && names.length === 0)
    faults.push(`/toolConfig: mode ${mode} without functions`)
  for (const declared of listOf(request.tools).flatMap(({ functionDeclarations }) => listOf(functionDeclarations)))
    if (declared.parameters !== undefined && declared.parametersJsonSchema !== undefined)
      faults.push(`/tools: ${String(declared.name)} has parameters twice`)
  const config = objectOf(request.generationConfig)
  const shapes = ['responseSchema', 'responseJsonSchema'].filter((field) => config[field] !== undefined)
  if (shapes.length > 1) faults.push('/generationConfig: two schemas')
  if (shapes.length > 0 && config.responseMimeType !== 'application/json' && config.responseMimeType !== 'text/x.enum')
    faults.push('/generationConfig: a schema without responseMimeType application/json')
  if (config.logprobs !== undefined && config.responseLogprobs !== true)
    faults.push('/generationConfig: logprobs without responseLogprobs')
  const thinking = objectOf(config.thinkingConfig)
  if (thinking.thinkingBudget !== undefined && thinking.thinkingLevel !== undefined)
    faults.push('/generationConfig/thinkingConfig: a budget and a level')
  return faults
}

const idRules = (request: Json, url: string | undefined): readonly string[] => {
  if (!url?.includes('aiplatform.googleapis.com')) return []
  const ids = listOf(request.contents).flatMap((turn) =>
    [...partsOf(turn, 'functionCall'), ...partsOf(turn, 'functionResponse')].filter((one) => one.id !== undefined),
  )
  return ids.length > 0 ? ['/contents: Unknown name "id" at function_call'] : []
}
