import { type Format, isObject, type JsonObject } from './conversation.ts'
import { argumentsIn, Expression, literalOf, membersIn } from './literals.ts'
import type { PlaygroundRequest } from './request.ts'

/** A request as somebody would send it without this page. The key is read from the environment, and never written. */
export interface Snippet {
  readonly language: 'curl' | 'Python' | 'TypeScript'
  /** Of the language, what has to be installed for it; none for curl. */
  readonly install?: string
  readonly code: string
}

/** The variable that every example of the documentation reads the key from. */
export const KEY_VARIABLE = 'TOLLGATE_API_KEY'

/** `baseUrl`: without `/v1`, without a slash at the end. `model`: of Gemini, where it stands in the path. */
export interface SnippetFacts {
  readonly baseUrl: string
  readonly model: string
  readonly isStreamed: boolean
}

/** The same request three times: its bytes by curl, and the vendor's own SDK in two languages. */
export const snippetsOf = (request: PlaygroundRequest, facts: SnippetFacts): readonly Snippet[] => {
  const sdk = SDKS[request.format]
  return [
    { language: 'curl', code: curl(request, facts) },
    { language: 'Python', install: `pip install ${sdk.pip}`, code: sdk.python(request.body, facts) },
    { language: 'TypeScript', install: `npm install ${sdk.npm}`, code: sdk.typescript(request.body, facts) },
  ]
}

/** The body goes in by a here-document: nothing in it is quoted, and pictures are longer than an argument may be. */
const curl = ({ path, headers, keyHeader: [name, before], body }: PlaygroundRequest, facts: SnippetFacts): string => {
  const all = [
    `"${name}: ${before}$${KEY_VARIABLE}"`,
    ...Object.entries(headers).map(([header, value]) => `"${header}: ${value}"`),
  ]
  const options = all.map((header) => `  -H ${header} \\\n`).join('')
  const first = `curl${facts.isStreamed ? ' -N' : ''} "${facts.baseUrl}${path}" \\\n`
  return `${first}${options}  --data-binary @- <<'JSON'\n${JSON.stringify(body, null, 2)}\nJSON`
}

interface Sdk {
  readonly pip: string
  readonly npm: string
  readonly python: (body: JsonObject, facts: SnippetFacts) => string
  readonly typescript: (body: JsonObject, facts: SnippetFacts) => string
}

/** Where each language finds the variable: in programs that are copied, not in this one. */
const KEY_IN = {
  python: `os.environ["${KEY_VARIABLE}"]`,
  typescript: ['process', 'env', KEY_VARIABLE].join('.'),
} as const

/** A whole program in Python: its imports, its client, and one call, whose answer is printed as it comes. */
const pythonOf = (imports: string, client: string, call: string, print: string, isStreamed: boolean): string => {
  const rest = isStreamed ? `for event in ${call}:\n    ${print}` : `event = ${call}\n${print}`
  return `import os\n${imports}\n\n${client}\n${rest}`
}

/** The same in TypeScript. */
const typescriptOf = (imports: string, client: string, call: string, isStreamed: boolean): string => {
  const rest = isStreamed
    ? `const stream = await ${call}\nfor await (const event of stream) {\n  console.log(JSON.stringify(event))\n}`
    : `const answer = await ${call}\nconsole.log(JSON.stringify(answer, null, 2))`
  return `${imports}\n\n${client}\n${rest}`
}

const pythonCall = (call: string, members: JsonObject): string => `${call}(\n${argumentsIn(members, 1).join('\n')}\n)`
const typescriptCall = (call: string, members: object, unchecked: JsonObject = {}): string =>
  Object.keys(unchecked).length === 0
    ? `${call}(${literalOf(members, 'typescript')})`
    : `${call}({\n${membersIn({ ...members }, unchecked).join('\n')}\n})`

/** An SDK whose method takes the members of the body as they are. */
interface Plain {
  readonly pip: string
  readonly npm: string
  readonly imports: { readonly python: string; readonly typescript: string }
  readonly client: { readonly python: string; readonly typescript: string }
  /** Of the base URL. */
  readonly root: string
  readonly method: string
  /** Members that the newest SDKs have no arguments and no types for, although the API takes them. */
  readonly extra?: readonly string[]
}

const plainSdk = ({ pip, npm, imports, client, root, method, extra = [] }: Plain): Sdk => ({
  pip,
  npm,
  python: (body, { baseUrl, isStreamed }) => {
    const made = `client = ${client.python}(base_url=${JSON.stringify(baseUrl + root)}, api_key=${KEY_IN.python})`
    const call = pythonCall(`client.${method}`, withExtra(body, extra))
    return pythonOf(imports.python, made, call, 'print(event.to_json(indent=None), flush=True)', isStreamed)
  },
  typescript: (body, { baseUrl, isStreamed }) => {
    const address = literalOf(baseUrl + root, 'typescript')
    const made = `const client = new ${client.typescript}({ baseURL: ${address}, apiKey: ${KEY_IN.typescript} })`
    const [members, unchecked] = parted(body, extra)
    return typescriptOf(imports.typescript, made, typescriptCall(`client.${method}`, members, unchecked), isStreamed)
  },
})

const withExtra = (body: JsonObject, names: readonly string[]): JsonObject => {
  const [others, extra] = parted(body, names)
  return Object.keys(extra).length === 0 ? others : { ...others, extra_body: extra }
}

/** A body without some members, and those. */
const parted = (body: JsonObject, names: readonly string[]): readonly [JsonObject, JsonObject] => {
  const entries = Object.entries(body)
  return [
    Object.fromEntries(entries.filter(([name]) => !names.includes(name))),
    Object.fromEntries(entries.filter(([name]) => names.includes(name))),
  ]
}

const openaiSdk = (method: string): Sdk =>
  plainSdk({
    pip: 'openai',
    npm: 'openai',
    imports: { python: 'from openai import OpenAI', typescript: "import OpenAI from 'openai'" },
    client: { python: 'OpenAI', typescript: 'OpenAI' },
    root: '/v1',
    method,
  })

const anthropicSdk = plainSdk({
  pip: 'anthropic',
  npm: '@anthropic-ai/sdk',
  imports: { python: 'import anthropic', typescript: "import Anthropic from '@anthropic-ai/sdk'" },
  client: { python: 'anthropic.Anthropic', typescript: 'Anthropic' },
  root: '',
  method: 'messages.create',
  extra: ['temperature', 'top_p'],
})

const geminiSdk: Sdk = {
  pip: 'google-genai',
  npm: '@google/genai',
  python: (body, { baseUrl, model, isStreamed }) => {
    const options = `    api_key=${KEY_IN.python},\n    http_options={"base_url": ${JSON.stringify(baseUrl)}},`
    const method = `client.models.generate_content${isStreamed ? '_stream' : ''}`
    const print = 'print(event.model_dump_json(exclude_none=True), flush=True)'
    const call = pythonCall(method, sdkOfGemini(body, model))
    return pythonOf('from google import genai', `client = genai.Client(\n${options}\n)`, call, print, isStreamed)
  },
  typescript: (body, { baseUrl, model, isStreamed }) => {
    const address = literalOf(baseUrl, 'typescript')
    const options = `{\n  apiKey: ${KEY_IN.typescript},\n  httpOptions: { baseUrl: ${address} },\n}`
    const members = withEnums(sdkOfGemini(body, model))
    const call = typescriptCall(`client.models.generateContent${isStreamed ? 'Stream' : ''}`, members)
    const imports = `import { GoogleGenAI${call.includes(LEVELS) ? `, ${LEVELS}` : ''} } from '@google/genai'`
    return typescriptOf(imports, `const client = new GoogleGenAI(${options})`, call, isStreamed)
  },
}

/** The enum of Google's SDK for TypeScript that stands for a word in the body. */
const LEVELS = 'ThinkingLevel'

const withEnums = (members: JsonObject): object => {
  const { config } = members
  const thinking = isObject(config) ? config['thinkingConfig'] : undefined
  if (!isObject(config) || !isObject(thinking) || typeof thinking['thinkingLevel'] !== 'string') return members
  const thinkingLevel = new Expression(`${LEVELS}.${thinking['thinkingLevel']}`)
  return { ...members, config: { ...config, thinkingConfig: { ...thinking, thinkingLevel } } }
}

/** Google's SDKs take what the body has beside its contents in `config`, all on one level. */
const sdkOfGemini = ({ contents, generationConfig, ...others }: JsonObject, model: string): JsonObject => {
  const config = { ...(isObject(generationConfig) ? generationConfig : {}), ...others }
  return { model, contents, ...(Object.keys(config).length === 0 ? {} : { config }) }
}

const SDKS: Readonly<Record<Format, Sdk>> = {
  'openai-chat': openaiSdk('chat.completions.create'),
  'openai-responses': openaiSdk('responses.create'),
  'anthropic-messages': anthropicSdk,
  gemini: geminiSdk,
}
