import { expect, test } from 'bun:test'
import { type Fillings, fillPage, fillSnippet, KEY_TO_WRITE } from './docs-fill.ts'

const names: Fillings = {
  base_url: 'https://llm.example.com',
  model: 'demo',
  alias: 'house/smart',
  embedding_model: 'demo-embedding',
  image_model: 'demo-image',
  speech_model: 'demo-speech',
  transcription_model: 'demo-transcription',
}

test.each([
  [
    'sh',
    'curl {{base_url}}/v1 -H "authorization: Bearer {{api_key}}"',
    'curl https://llm.example.com/v1 -H "authorization: Bearer $TOLLGATE_API_KEY"',
  ],
  ['sh', 'export TOLLGATE_API_KEY={{api_key}}', `export TOLLGATE_API_KEY=${KEY_TO_WRITE}`],
  ['sh', 'export ANTHROPIC_AUTH_TOKEN="{{api_key}}"', 'export ANTHROPIC_AUTH_TOKEN="$TOLLGATE_API_KEY"'],
  ['powershell', '$env:TOLLGATE_API_KEY = "{{api_key}}"', `$env:TOLLGATE_API_KEY = "${KEY_TO_WRITE}"`],
  [
    'powershell',
    'SetEnvironmentVariable("TOLLGATE_API_KEY", "{{api_key}}", "User")',
    `SetEnvironmentVariable("TOLLGATE_API_KEY", "${KEY_TO_WRITE}", "User")`,
  ],
  ['powershell', '$env:OPENAI_API_KEY = "{{api_key}}"', '$env:OPENAI_API_KEY = "$env:TOLLGATE_API_KEY"'],
  ['json', '{"key": "{{api_key}}", "model": "{{model}}"}', `{"key": "${KEY_TO_WRITE}", "model": "demo"}`],
])('without a key, in %s, %s becomes what a reader can use', (language, snippet, filled) => {
  expect(fillSnippet(snippet, language, names)).toBe(filled)
})

test('a key that is known stands everywhere', () => {
  const page =
    'Your key {{api_key}}.\n\n```sh\nexport TOLLGATE_API_KEY={{api_key}}\n```\n\n```json\n"{{api_key}}"\n```\n'
  const filled = fillPage(page, { ...names, api_key: 'sk-tg-mine' })
  expect(filled.match(/sk-tg-mine/g)).toHaveLength(3)
})

test('what is not ours stays, and so does all that is not a placeholder', () => {
  const page = '# {{ spaced }} {{nobody}} ${{ secrets.X }}\n\n```yaml\na: "${TOLLGATE_API_KEY}"\n```\n'
  expect(fillPage(page, names)).toBe(page)
})

test('what a fence says to tests is not served, in lists as elsewhere', () => {
  const page =
    '1. Do:\n\n   ```sh no-run: needs a desktop\n   a "{{api_key}}"\n   ```\n\n```sh no-run: because\nb\n```\n'
  expect(fillPage(page, names)).toBe('1. Do:\n\n   ```sh\n   a "$TOLLGATE_API_KEY"\n   ```\n\n```sh\nb\n```\n')
})
