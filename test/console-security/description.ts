/// What the description of the API says that can be called, and what of it is text.

/** As JSON Schema has it. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly maxLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

/** A call that somebody who is signed in can make. */
export interface Operation {
  /** `PATCH /api/me/keys/{id}`. */
  readonly call: string
  readonly method: string
  readonly path: string
  /** Changes something: all but reading. */
  readonly changes: boolean
  /** Where in its body there is text that is not one of a list; names and, in lists, `0`. */
  readonly texts: readonly TextField[]
  /** What its query may hold. */
  readonly queries: readonly string[]
  /** A cookie speaks for whoever makes it; else nobody has to be anybody. */
  readonly bySession: boolean
}

export interface TextField {
  readonly path: readonly string[]
  readonly charactersMax: number
  /** The text is what an entry is called; its path says where the entry is, under a name of no matter. */
  readonly isName?: true
}

interface Described {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly security?: readonly Readonly<Record<string, unknown>>[]
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** Every call below `/api`, and every other that a cookie may speak for. */
export const operationsOf = async (url: string): Promise<readonly Operation[]> => {
  const description = (await (await fetch(`${url}/api/openapi.json`)).json()) as Description
  const all = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) =>
      operationOf(description, method.toUpperCase(), path, described),
    ),
  )
  return all.filter(({ path, bySession }) => (path.startsWith('/api/') && !path.startsWith('/api/proxy/')) || bySession)
}

const operationOf = (description: Description, method: string, path: string, described: Described): Operation => {
  const schema = described.requestBody?.content['application/json']?.schema
  return {
    ...{ call: `${method} ${path}`, method, path, changes: method !== 'GET' },
    texts: schema ? textsIn(description, schema, [], 0) : [],
    queries: (described.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
    bySession: described.security?.some((way) => 'session' in way) === true,
  }
}

/** No schema of ours is deeper. */
const DEPTH_MAX = 8
const CHARACTERS_MAX = 4_096
const NAME_CHARACTERS_MAX = 100

const textsIn = (
  description: Description,
  written: Schema,
  path: readonly string[],
  depth: number,
): readonly TextField[] => {
  const schema = resolved(description, written)
  if (depth > DEPTH_MAX) return []
  const inside = (part: Schema, name: string) => textsIn(description, part, [...path, name], depth + 1)
  const parts = [
    ...[...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap((one) => textsIn(description, one, path, depth + 1)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => inside(part, name)),
    ...(schema.items ? inside(schema.items, '0') : []),
    ...(typeof schema.additionalProperties === 'object'
      ? entriesIn(description, schema.additionalProperties, path, depth)
      : []),
  ]
  const isText = schema.enum === undefined && [schema.type].flat().includes('string')
  return isText ? [...parts, { path, charactersMax: schema.maxLength ?? CHARACTERS_MAX }] : parts
}

/** What entries are called is text as well. */
const entriesIn = (description: Description, of: Schema, path: readonly string[], depth: number) => {
  const entry = [...path, 'a-name']
  const name: TextField = { path: entry, charactersMax: NAME_CHARACTERS_MAX, isName: true }
  return [name, ...textsIn(description, of, entry, depth + 1)]
}

const resolved = ({ components }: Description, schema: Schema): Schema =>
  schema.$ref === undefined ? schema : (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})
