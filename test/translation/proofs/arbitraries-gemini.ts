import fc from 'fast-check'
import {
  type Called,
  calls,
  type Medium,
  PDF,
  PNG,
  present,
  type Script,
  script,
  someFields,
  type Words,
} from './arbitraries-scripts.ts'

type Json = Record<string, unknown>

/** Bodies that a client of Gemini's `generateContent` sends. */
export const geminiBody: fc.Arbitrary<Json> = fc
  .record({
    script: script(true),
    config: someFields({
      temperature: fc.constantFrom(0, 1, 1.9),
      topP: fc.constantFrom(0.5, 1),
      topK: fc.constantFrom(1, 40),
      candidateCount: fc.constantFrom(1, 1, 2),
      maxOutputTokens: fc.constantFrom(1, 4_000),
      stopSequences: fc.constantFrom(['a'], ['a', 'b', 'c', 'd', 'e']),
      presencePenalty: fc.constantFrom(0, 0.5),
      frequencyPenalty: fc.constant(0.5),
      seed: fc.constant(7),
      responseMimeType: fc.constantFrom('application/json', 'text/plain'),
      thinkingConfig: fc.constantFrom<Json>(
        { thinkingLevel: 'LOW', includeThoughts: true },
        { thinkingBudget: 0 },
        { thinkingBudget: -1 },
        { thinkingBudget: 2_000, includeThoughts: true },
      ),
      mediaResolution: fc.constant('MEDIA_RESOLUTION_LOW'),
      x_unknown: fc.constant(1.0),
    }),
    settings: someFields({
      safetySettings: fc.constant([{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]),
      labels: fc.constant({ a: 'b' }),
      serviceTier: fc.constantFrom('standard', 'flex', 'priority'),
      cachedContent: fc.constant('cachedContents/1'),
      xUnknown: fc.constant({ a: [1, null] }),
    }),
    choice: fc.constantFrom<Json | undefined>(
      undefined,
      undefined,
      { mode: 'AUTO' },
      { mode: 'ANY' },
      { mode: 'NONE' },
      { mode: 'ANY', allowedFunctionNames: ['get_weather'] },
      { mode: 'VALIDATED', allowedFunctionNames: ['get_weather', 'read-file'] },
    ),
    search: fc.nat(7).map((dice) => dice === 0),
    hasIds: fc.boolean(),
    isOpenApi: fc.boolean(),
  })
  .map(({ script, config, settings, choice, search, hasIds, isOpenApi }) => {
    const declares = calls(script) || choice !== undefined
    const functionDeclarations = script.tools.map(({ name, description, schema }, index) =>
      present({
        name,
        description: description ?? 'A tool.',
        ...(isOpenApi ? { parameters: OPENAPI[index] } : { parametersJsonSchema: schema }),
      }),
    )
    const tools = [...(declares ? [{ functionDeclarations }] : []), ...(search ? [{ googleSearch: {} }] : [])]
    return present({
      contents: contentsOf(script, hasIds),
      systemInstruction: script.system.length > 0 ? { parts: script.system.map((text) => ({ text })) } : undefined,
      tools: tools.length > 0 ? tools : undefined,
      toolConfig: choice && declares ? { functionCallingConfig: choice } : undefined,
      generationConfig: Object.keys(config).length > 0 ? config : undefined,
      ...settings,
    })
  })

const OPENAPI: readonly unknown[] = [
  {
    type: 'OBJECT',
    properties: { city: { type: 'STRING', nullable: true }, n: { type: 'INTEGER', format: 'int32' } },
    required: ['city'],
    propertyOrdering: ['n', 'city'],
  },
  {
    type: 'OBJECT',
    properties: { list: { type: 'ARRAY', items: { type: 'STRING', enum: ['a', 'b'] }, maxItems: '3' } },
  },
  undefined,
]

const MEDIA: Readonly<Record<Medium, Json>> = {
  png: { inlineData: { mimeType: 'image/png', data: PNG } },
  'png-url': { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a.png' } },
  pdf: { inlineData: { mimeType: 'application/pdf', data: PDF } },
  'pdf-url': { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } },
}

const argsOf = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Thoughts carry no signature of their own here, and the words or calls behind them do. */
const spoken = ({ thought, text }: Words): readonly Json[] => [
  ...(thought && thought.text !== '' ? [{ text: thought.text, thought: true }] : []),
  ...(text === '' ? [] : [present({ text, thoughtSignature: thought?.isRedacted ? thought.signature : undefined })]),
]

const contentsOf = ({ exchanges, tools }: Script, hasIds: boolean): readonly Json[] => {
  const id = ({ ordinal }: Called): Json => (hasIds ? { id: `fc-${ordinal}${ordinal % 4 === 3 ? ':/é' : ''}` } : {})
  return exchanges.flatMap(({ said, media, rounds, final }) => {
    const user = { role: 'user', parts: [...said.map((text) => ({ text })), ...media.map((medium) => MEDIA[medium])] }
    const turns = rounds.flatMap((round): readonly Json[] => {
      const { calls, interruption } = round
      const callParts = calls.map((call) =>
        present({
          functionCall: present({ ...id(call), name: tools[call.tool]?.name, args: argsOf(call.arguments) }),
          thoughtSignature: call.signature,
        }),
      )
      const responses = calls.flatMap((call): readonly Json[] => {
        const { result } = call
        if (!result) return []
        const response = { [result.isError ? 'error' : 'output']: result.text }
        return [{ functionResponse: { ...id(call), name: tools[call.tool]?.name, response } }]
      })
      const parts = [...(interruption === undefined ? [] : [{ text: interruption }]), ...responses]
      const model = {
        role: 'model',
        parts: [...spoken(round), ...callParts, ...(round.after === undefined ? [] : [{ text: round.after }])],
      }
      return parts.length === 0 ? [model] : [model, { role: 'user', parts }]
    })
    const last = final ? [{ role: 'model', parts: spoken(final) }] : []
    const isLoose = final === undefined && turns.at(-1)?.role === 'model'
    return [user, ...turns, ...last, ...(isLoose ? [{ role: 'user', parts: [{ text: 'And?' }] }] : [])]
  })
}
