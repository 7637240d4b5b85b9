import type { Sent } from './sent.ts'
import { isObject, type Json, listOf, objectOf, textOf } from './shapes.ts'

/** What the shape of a Gemini request does not say: pairs, order, signatures, limits across fields. */
export const geminiRules = (request: Json, sent: Sent): string[] => {
  const { url, model, isPassedThrough } = sent
  // A tool that Google calls itself answers within the model's own turns.
  const hosts = listOf(request.tools).some(({ mcpServers }) => mcpServers !== undefined)
  return [
    ...(hosts ? [] : turnRules(request)),
    ...fieldRules(request),
    ...idRules(request, url),
    ...hostedRules(request, sent),
    ...(isPassedThrough && /^(?:models\/)?gemini-3/.test(model ?? '') ? signatureRules(request) : []),
  ]
}

/** Gemini 3 wants back the signature of the first call of each step since the user last spoke. */
const signatureRules = (request: Json): readonly string[] => {
  const contents = listOf(request.contents)
  const spoke = contents.findLastIndex(
    (turn) =>
      turn.role !== 'model' && listOf(turn.parts).some(({ functionResponse }) => functionResponse === undefined),
  )
  return contents.flatMap((turn, index) => {
    const call = listOf(turn.parts).find(({ functionCall }) => isObject(functionCall))
    if (index < spoke || turn.role !== 'model' || !call || textOf(call.thoughtSignature) !== '') return []
    return [`/contents/${index}: Function call is missing a thought_signature in functionCall parts`]
  })
}

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

/** What Google runs itself. Functions may stand beside it from Gemini 3 on, where it is asked to tell of its own calls. */
const HOSTED = ['googleSearch', 'googleSearchRetrieval', 'urlContext', 'codeExecution', 'googleMaps', 'fileSearch']

const hostedRules = (request: Json, { url, vendor, model = '' }: Sent): readonly string[] => {
  const tools = listOf(request.tools)
  const told = objectOf(request.toolConfig).includeServerSideToolInvocations
  const isAtVertex = vendor === 'vertex' || isVertex(url)
  if (isAtVertex && told !== undefined) return ['/toolConfig: Unknown name "includeServerSideToolInvocations"']
  const isMixed =
    tools.some((tool) => HOSTED.some((name) => tool[name] !== undefined)) &&
    tools.some(({ functionDeclarations }) => listOf(functionDeclarations).length > 0)
  if (!isMixed) return []
  if (/^(?:models\/)?gemini-[12]\./.test(model)) return ['/tools: Tool use with function calling is unsupported']
  return isAtVertex || told === true
    ? []
    : ['/toolConfig: Please enable tool_config.include_server_side_tool_invocations']
}

const isVertex = (url: string | undefined): boolean => url?.includes('aiplatform.googleapis.com') === true

/** Vertex refuses ids of calls. */
const idRules = (request: Json, url: string | undefined): readonly string[] => {
  if (!isVertex(url)) return []
  const ids = listOf(request.contents).flatMap((turn) =>
    [...partsOf(turn, 'functionCall'), ...partsOf(turn, 'functionResponse')].filter((one) => one.id !== undefined),
  )
  return ids.length > 0 ? ['/contents: Unknown name "id" at function_call'] : []
}
