import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultsOf, type Format } from '../translation/validate/validate.ts'

/** That the validators know every field of the SDKs' types of requests: one that they lack would be refused wrongly. */

type Within = (name: string) => readonly [body: Readonly<Record<string, unknown>>, place: string]

const top: Within = (name) => [{ [name]: null }, '']
const inConfig: Within = (name) => [{ generationConfig: { [name]: null } }, '/generationConfig']
const inTool: Within = (name) => [{ tools: [{ [name]: null }] }, '/tools/0']
const inPart: Within = (name) => [{ contents: [{ parts: [{ [name]: null }] }] }, '/contents/0/parts/0']

const OPENAI = 'openai/resources'
const ANTHROPIC = '@anthropic-ai/sdk/resources'
const GENAI = '@google/genai/dist/genai.d.ts'

const TYPES: readonly (readonly [format: Format, file: string, name: string, within: Within])[] = [
  ['openai-chat', `${OPENAI}/chat/completions/completions.d.ts`, 'ChatCompletionCreateParamsBase', top],
  ['openai-responses', `${OPENAI}/responses/responses.d.ts`, 'ResponseCreateParamsBase', top],
  ['anthropic-messages', `${ANTHROPIC}/messages/messages.d.ts`, 'MessageCreateParamsBase', top],
  ['anthropic-messages', `${ANTHROPIC}/beta/messages/messages.d.ts`, 'MessageCreateParamsBase', top],
  ['gemini', GENAI, 'GenerationConfig', inConfig],
  ['gemini', GENAI, 'Tool', inTool],
  ['gemini', GENAI, 'Part', inPart],
]

/** Parameters of the SDK that travel as headers. */
const HEADERS = new Set(['betas', 'user_profile_id', 'workspace_id'])

/** The names of an interface's own members. */
const fieldsOf = (file: string, name: string): readonly string[] => {
  const text = readFileSync(join(import.meta.dir, 'node_modules', file), 'utf8')
  const from = text.search(new RegExp(`(?:interface|class) ${name} `))
  const inside = text.slice(from, text.indexOf('\n}', from))
  return [...inside.matchAll(/^ {4}(\w+)\??:/gm)].map(([, field = '']) => field).filter((field) => !HEADERS.has(field))
}

test.each(TYPES)('%s: every field of %s %s is known', (format, file, name, within) => {
  const fields = fieldsOf(file, name)
  expect(fields.length).toBeGreaterThan(9)
  const unknown = fields.filter((field) => {
    const [body, place] = within(field)
    return faultsOf(format, body).includes(`${place}/${field} is not known`)
  })
  expect(unknown).toEqual([])
})
