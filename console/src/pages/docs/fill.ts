/** Values for the placeholders of a page: `{{base_url}}`. A key that nobody has said is left out. */
export type Values = Readonly<Record<string, string>>

/** What is shown where a key has to be written out and nobody knows it. */
const KEY_TO_WRITE = 'sk-tg-YOUR-KEY'
const KEY_IN_SHELL: Readonly<Record<string, string>> = {
  sh: '$TOLLGATE_API_KEY',
  bash: '$TOLLGATE_API_KEY',
  powershell: '$env:TOLLGATE_API_KEY',
}

const FENCE = /^( *```([\w-]*))([^\n]*)(\n[\s\S]*?^ *```[ \t]*)$/gm

/** Fills a page in as the gateway does for `/docs/*.md`, with what it cannot know: the reader's own key and model. */
export const fillPage = (markdown: string, values: Values): string => {
  let filled = ''
  let at = 0
  for (const fence of markdown.matchAll(FENCE)) {
    const [whole, opening = '', language = '', , inside = ''] = fence
    filled += fillText(markdown.slice(at, fence.index), values) + opening + fillSnippet(inside, language, values)
    at = fence.index + whole.length
  }
  return filled + fillText(markdown.slice(at), values)
}

const fillSnippet = (snippet: string, language: string, values: Values): string => {
  const inShell = KEY_IN_SHELL[language]
  if (values['api_key'] !== undefined || inShell === undefined) return fillText(snippet, values)
  const set = snippet.replace(/(TOLLGATE_API_KEY["']?\s*[=,]\s*["']?)\{\{api_key\}\}/g, `$1${KEY_TO_WRITE}`)
  return fillText(set, { ...values, api_key: inShell })
}

const fillText = (text: string, values: Values): string =>
  text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? (name === 'api_key' ? KEY_TO_WRITE : whole))
