/** What stands in for a value of the reader's own in a page of the guide: `{{base_url}}`. */
export const PLACEHOLDERS = [
  'base_url',
  'api_key',
  'model',
  'alias',
  'embedding_model',
  'image_model',
  'speech_model',
  'transcription_model',
] as const

export type Placeholder = (typeof PLACEHOLDERS)[number]

/** Values by placeholder. Of a key that nobody has said, its place is shown instead. */
export type Fillings = Readonly<Record<Exclude<Placeholder, 'api_key'>, string>> & { readonly api_key?: string }

/** What is shown where a key has to be written out and nobody knows it: not one that could work. */
export const KEY_TO_WRITE = 'sk-tg-YOUR-KEY'
/** What is shown where a shell can read it by itself. */
const KEY_IN_SHELL: Readonly<Record<string, string>> = {
  sh: '$TOLLGATE_API_KEY',
  bash: '$TOLLGATE_API_KEY',
  powershell: '$env:TOLLGATE_API_KEY',
}

/** A fenced block, in a list too; what stands behind its language is for tests of ours. */
const FENCE = /^( *```([\w-]*))([^\n]*)(\n[\s\S]*?^ *```[ \t]*)$/gm

/** Fills the placeholders of a page. What is not one of ours stays as it is. */
export const fillPage = (markdown: string, fillings: Fillings): string => {
  let filled = ''
  let at = 0
  for (const fence of markdown.matchAll(FENCE)) {
    filled += fillText(markdown.slice(at, fence.index), fillings)
    const [, opening = '', language = '', , inside = ''] = fence
    filled += opening + fillSnippet(inside, language, fillings)
    at = fence.index + fence[0].length
  }
  return filled + fillText(markdown.slice(at), fillings)
}

/** Fills a snippet in a language: shells read a key that is not known from `TOLLGATE_API_KEY`. */
export const fillSnippet = (snippet: string, language: string, fillings: Fillings): string => {
  const inShell = KEY_IN_SHELL[language]
  if (fillings.api_key !== undefined || inShell === undefined) return fillText(snippet, fillings)
  // Where the variable itself is set, it cannot be what it is set to.
  const set = snippet.replace(/(TOLLGATE_API_KEY["']?\s*[=,]\s*["']?)\{\{api_key\}\}/g, `$1${KEY_TO_WRITE}`)
  return fillText(set, { ...fillings, api_key: inShell })
}

const fillText = (text: string, fillings: Fillings): string =>
  text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    isPlaceholder(name) ? (fillings[name] ?? KEY_TO_WRITE) : whole,
  )

const isPlaceholder = (name: string): name is Placeholder => PLACEHOLDERS.some((known) => known === name)
