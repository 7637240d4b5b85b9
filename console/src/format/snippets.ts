/** What a snippet needs to know: where, with which key, which model. */
export interface SnippetFacts {
  /** Without `/v1`, without a slash at the end. */
  readonly baseUrl: string
  readonly key: string
  readonly model: string
}

export interface Snippet {
  readonly name: string
  readonly code: string
}

const HERE = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])(:\d+)?$/

/**
 * The address to write into snippets: the one that is configured, unless that leads nowhere but to the server itself. Then
 * it is the one that this page was opened by, which works from where the reader sits.
 */
export const baseUrlOf = (publicUrl: string, origin: string): string =>
  publicUrl === '' || HERE.test(publicUrl) ? origin : publicUrl

/** What stands in place of a secret that cannot be shown again. */
export const KEY_PLACEHOLDER = 'sk-tg-YOUR-KEY'

const QUESTION = 'Say hello in five words.'

/** The first request, in each of the ways that people send one. The key is in a variable, never on a line of its own use. */
export const snippetsOf = (facts: SnippetFacts): readonly Snippet[] => {
  const known = { ...facts, baseUrl: facts.baseUrl.replace(/\/+$/, '') }
  return [
    { name: 'curl', code: curl(known) },
    { name: 'Python', code: python(known) },
    { name: 'TypeScript', code: typescript(known) },
    { name: 'Claude Code', code: claudeCode(known) },
  ]
}

const json = (value: unknown): string => JSON.stringify(value)

const curl = ({ baseUrl, key, model }: SnippetFacts): string => `export TOLLGATE_KEY='${key}'

curl ${baseUrl}/v1/chat/completions \\
  -H "Authorization: Bearer $TOLLGATE_KEY" \\
  -H "Content-Type: application/json" \\
  -d ${shellQuoted(json({ model, messages: [{ role: 'user', content: QUESTION }] }))}`

const python = ({ baseUrl, key, model }: SnippetFacts): string => `from openai import OpenAI

client = OpenAI(
    base_url=${json(`${baseUrl}/v1`)},
    api_key=${json(key)},
)
answer = client.chat.completions.create(
    model=${json(model)},
    messages=[{"role": "user", "content": ${json(QUESTION)}}],
)
print(answer.choices[0].message.content)`

const typescript = ({ baseUrl, key, model }: SnippetFacts): string => `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: ${json(`${baseUrl}/v1`)},
  apiKey: ${json(key)},
})
const answer = await client.chat.completions.create({
  model: ${json(model)},
  messages: [{ role: 'user', content: ${json(QUESTION)} }],
})
console.log(answer.choices[0].message.content)`

const claudeCode = ({ baseUrl, key }: SnippetFacts): string => `export ANTHROPIC_BASE_URL=${shellQuoted(baseUrl)}
export ANTHROPIC_AUTH_TOKEN=${shellQuoted(key)}
claude`

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
