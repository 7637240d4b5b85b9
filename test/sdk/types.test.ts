import { afterAll, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownFixtures, recordings } from '../recorded/recordings.ts'
import { type Format, FORMATS, formatOf } from '../translation/conformance.ts'
import { runRequest } from '../translation/requests.ts'

/** What Tollgate writes for each format, held against the types of its official SDK by the compiler itself. */

const TSC = join(import.meta.dir, '..', '..', 'node_modules', '.bin', 'tsc')
const TIMEOUT_MS = 180_000
/** Every so many of the recorded requests: the compiler takes its time over large unions. */
const STEP = 12

/** The type of a body, as a line of imports and a type `Body`. */
const TYPES: Readonly<Record<Format, string>> = {
  'openai-chat': `import type OpenAI from 'openai'
type Body = OpenAI.ChatCompletionCreateParams`,
  // What the model said before needs its id and status by the type, and goes without them by recordings of the API.
  'openai-responses': `import type OpenAI from 'openai'
type R = OpenAI.Responses.ResponseOutputMessage
type Said = Pick<R, 'type' | 'role' | 'content'> & Partial<R>
type Body = Omit<OpenAI.Responses.ResponseCreateParams, 'input'> &
  { input?: string | (OpenAI.Responses.ResponseInputItem | Said)[] }`,
  // Newer models take none of the three settings, and the newest SDK has none; older ones do.
  'anthropic-messages': `import type Anthropic from '@anthropic-ai/sdk'
import type Older from '@anthropic-ai/sdk-0'
type Body = Anthropic.MessageCreateParams & Pick<Older.MessageCreateParams, 'temperature' | 'top_p' | 'top_k'>`,
  // The SDK has no type of the body on the wire, but all of its parts; their enums are words there.
  gemini: `import type * as G from '@google/genai'
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T
type Body = Plain<{
  contents: G.Content[]
  systemInstruction?: G.Content
  tools?: G.Tool[]
  toolConfig?: G.ToolConfig
  safetySettings?: G.SafetySetting[]
  generationConfig?: G.GenerationConfig
  cachedContent?: string
  labels?: Record<string, string>
  serviceTier?: G.ServiceTier
}>`,
}

/** Data in base64 and long texts say nothing of types. */
const CHARACTERS_MAX = 200
const shortened = (_name: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > CHARACTERS_MAX ? value.slice(0, CHARACTERS_MAX) : value

const requests = [...ownFixtures(), ...recordings().filter((_, index) => index % STEP === 0)].filter(
  ({ request, ...rest }) => formatOf({ request, ...rest }) !== undefined && request.body !== null,
)

/** All that the clients of the other formats asked, as it is written for this one. */
const writtenFor = (upstream: Format): readonly string[] =>
  requests.flatMap((interaction) => {
    const outcome = formatOf(interaction) === upstream ? undefined : runRequest(interaction, upstream)
    return outcome?.body ? [`/* ${interaction.id} */ ${JSON.stringify(outcome.body, shortened)}`] : []
  })

// Below `node_modules`, where the SDKs are found and nothing else looks.
const folder = mkdtempSync(join(import.meta.dir, 'node_modules', '.types-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the compiler says of bodies, a line each, with the request it was made of. */
const complaints = (format: Format, bodies: readonly string[]): readonly string[] => {
  const file = join(folder, `${format}.ts`)
  const lines = bodies.map((body) => `take(${body})`)
  const text = `${TYPES[format]}\nconst take = (_: Body): void => {}\n${lines.join('\n')}\n`
  writeFileSync(file, text)
  const flags =
    '--noEmit --strict --skipLibCheck --module preserve --moduleResolution bundler --target esnext --pretty false --ignoreConfig'
  const { stdout, error } = spawnSync(TSC, [...flags.split(' '), '--types', '', file], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (error) throw error
  return stdout
    .split('\n')
    .filter((line) => line.includes('error TS'))
    .map((line) => {
      const at = Number(/\((\d+),/.exec(line)?.[1] ?? 0)
      return `${/\/\* (\S+)/.exec(text.split('\n')[at - 1] ?? '')?.[1] ?? ''}: ${line.replace(/^.*error /, '')}`
    })
}

test.each([...FORMATS])(
  'what is written for %s is of the types of its SDK',
  (format) => {
    const bodies = writtenFor(format)
    expect(bodies.length).toBeGreaterThan(0)
    expect(complaints(format, bodies)).toEqual([])
  },
  TIMEOUT_MS,
)

const WRONG: readonly (readonly [Format, unknown])[] = [
  ['openai-chat', { model: 'gpt', messages: [{ role: 'model', content: 'Hi' }] }],
  ['openai-responses', { model: 'gpt', input: 'Hi', reasoning: { effort: 'huge' } }],
  ['anthropic-messages', { model: 'claude', messages: [], max_output_tokens: 5 }],
  ['gemini', { contents: [{ parts: [{ text: 7 }] }] }],
]
test.each(WRONG)(
  'the compiler finds what is wrong for %s',
  (format, body) => {
    expect(complaints(format, [JSON.stringify(body)]).length).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)
