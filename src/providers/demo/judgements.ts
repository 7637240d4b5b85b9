import { json, type Turn } from './stream.ts'
import { isRecord } from './words.ts'

const CATEGORIES = ['harassment', 'hate', 'illicit', 'self-harm', 'sexual', 'violence']
/** The one word that the demo objects to, so that both answers can be tried. */
const OBJECTIONABLE = 'FLAGTEST'

/** OpenAI Moderations: everything is fine, but for what says so itself. */
export const answerModerations = ({ body, id }: Turn): Response => {
  const { input } = body
  const isList = Array.isArray(input) && input.every((one) => typeof one === 'string')
  const results = (isList ? input : [input]).map((one) => judged(JSON.stringify(one ?? '').includes(OBJECTIONABLE)))
  return json({ id: `modr-${id}`, model: body.model, results })
}

const judged = (flagged: boolean) => ({
  flagged,
  categories: Object.fromEntries(CATEGORIES.map((name) => [name, flagged && name === 'violence'])),
  category_scores: Object.fromEntries(CATEGORIES.map((name) => [name, flagged && name === 'violence' ? 0.9 : 0.0001])),
})

const DOCUMENTS_PER_UNIT = 100

/** A ranking as Cohere gives it: by the share of the query's words that a document has. */
export const answerRerank = ({ body, id }: Turn): Response => {
  const documents = Array.isArray(body.documents) ? body.documents.map(textIn) : []
  const query = wordsOf(textIn(body.query))
  const top = Number(body.top_n ?? body.top_k ?? documents.length)
  const results = documents
    .map((text, index) => ({
      index,
      relevance_score: share(query, wordsOf(text)),
      ...(body.return_documents === true && { document: { text } }),
    }))
    .sort((one, other) => other.relevance_score - one.relevance_score || one.index - other.index)
    .slice(0, top)
  const search_units = Math.max(1, Math.ceil(documents.length / DOCUMENTS_PER_UNIT))
  return json({ id, results, meta: { api_version: { version: '2' }, billed_units: { search_units } } })
}

const textIn = (value: unknown): string => {
  if (typeof value === 'string') return value
  return isRecord(value) && typeof value.text === 'string' ? value.text : JSON.stringify(value ?? '')
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))

const share = (query: ReadonlySet<string>, words: ReadonlySet<string>): number =>
  query.size === 0 ? 0 : [...query].filter((word) => words.has(word)).length / query.size
