/** One event of a stream: its exact text with the blank line that ends it, and its data if that is JSON. */
export interface StreamEvent {
  readonly text: string
  readonly name: string | undefined
  readonly data: unknown
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Splits a recorded stream into its events; joined, their texts are the stream again. */
export const eventsOf = (stream: string): StreamEvent[] =>
  (stream.match(/[\s\S]*?(?:\r\n\r\n|\n\n|\r\r|$)/g) ?? [])
    .filter((text) => text !== '')
    .map((text) => {
      const lines = text.split(/\r\n|\n|\r/)
      const field = (name: string): string[] =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''))
      const data = field('data')
      return { text, name: field('event')[0], data: data.length > 0 ? parsed(data.join('\n')) : undefined }
    })

export type Json = Readonly<Record<string, unknown>>

export const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

/** The JSON objects an answer is made of: one for a unary body, else the data of each event or each list element. */
export const objectsOf = (body: unknown): Json[] => {
  const values = typeof body === 'string' ? eventsOf(body).map(({ data }) => data) : Array.isArray(body) ? body : [body]
  return values.map(asObject).filter((value) => value !== undefined)
}
