type Node = { readonly [name: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const nodeIn = (node: Node, name: string): Node => (isNode(node[name]) ? node[name] : {})
const nodesIn = (node: Node, name: string): readonly Node[] =>
  Array.isArray(node[name]) ? node[name].filter(isNode) : []
const namesIn = (node: Node, name: string): readonly string[] =>
  Array.isArray(node[name]) ? node[name].filter((each) => typeof each === 'string') : []

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
const OPENING = '// Written by `npm run api-types` from the description of the API. Do not edit.\n'

/** What the console calls with types; models are asked as any client asks them. */
const CONTROL_PLANE = /^\/api\/(?!proxy\/)/

/** Declarations of TypeScript for an OpenAPI 3.1 description: `paths` and `components`. */
export const typesOf = (description: Node): string => {
  const described = Object.entries(nodeIn(description, 'paths')).filter(([path]) => CONTROL_PLANE.test(path))
  const paths = described.map(([path, item]) => {
    const operations = METHODS.flatMap((method) => {
      const operation = isNode(item) ? item[method] : undefined
      return isNode(operation) ? [`    ${method}: ${operationOf(operation)}`] : []
    })
    return `  ${quoted(path)}: {\n${operations.join('\n')}\n  }`
  })
  const schemas = Object.entries(nodeIn(nodeIn(description, 'components'), 'schemas')).map(
    ([name, schema]) => `    ${quoted(name)}: ${typeOf(isNode(schema) ? schema : {})}`,
  )
  return [
    OPENING,
    `export interface paths {\n${paths.join('\n')}\n}\n`,
    `export interface components {\n  schemas: {\n${schemas.join('\n')}\n  }\n}\n`,
  ].join('\n')
}

const operationOf = (operation: Node): string => {
  const query = nodesIn(operation, 'parameters')
    .filter((parameter) => parameter['in'] === 'query')
    .map((parameter) =>
      memberOf(String(parameter['name']), nodeIn(parameter, 'schema'), parameter['required'] === true),
    )
  const body = jsonOf(nodeIn(operation, 'requestBody'))
  const parts = [
    ...(query.length === 0 ? [] : [`query: { ${query.join('; ')} }`]),
    ...(body === undefined ? [] : [`body: ${body}`]),
    `answer: ${answerOf(nodeIn(operation, 'responses'))}`,
  ]
  return `{ ${parts.join('; ')} }`
}

const answerOf = (responses: Node): string => {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  const types = successes.map(([, response]) => (isNode(response) ? jsonOf(response) : undefined) ?? 'undefined')
  return types.length === 0 ? 'unknown' : union(types)
}

/** The type of what is sent or answered as JSON; `undefined` where nothing is. */
const jsonOf = (holder: Node): string | undefined => {
  const media = nodeIn(holder, 'content')['application/json']
  return isNode(media) ? typeOf(nodeIn(media, 'schema')) : undefined
}

const typeOf = (schema: Node): string => {
  const reference = schema['$ref']
  if (typeof reference === 'string') return `components['schemas'][${quoted(reference.split('/').at(-1) ?? '')}]`
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map((value) => JSON.stringify(value)))
  for (const name of ['anyOf', 'oneOf']) if (schema[name]) return union(nodesIn(schema, name).map(typeOf))
  if (schema.allOf) return intersection(nodesIn(schema, 'allOf'))
  const names = Array.isArray(schema['type']) ? namesIn(schema, 'type') : [String(schema['type'])]
  return union(names.map((name) => namedType(name, schema)))
}

/**
 * All parts at once. A part that only describes, or gives a default, narrows nothing; one that may be null says so of the
 * whole, which is how a schema with more members that may be null is described.
 */
const intersection = (schemas: readonly Node[]): string => {
  const isNullable = schemas.some((schema) => namesIn(schema, 'type').includes('null'))
  const parts = schemas.map((schema) => typeOf(withoutNull(schema))).filter((part) => part !== 'unknown')
  const whole = parts.length === 0 ? 'unknown' : `(${parts.join(' & ')})`
  return isNullable ? union([whole, 'null']) : whole
}

const withoutNull = (schema: Node): Node =>
  Array.isArray(schema.type) ? { ...schema, type: namesIn(schema, 'type').filter((name) => name !== 'null') } : schema

const namedType = (name: string, schema: Node): string => {
  if (name === 'integer') return 'number'
  if (name === 'string' || name === 'number' || name === 'boolean' || name === 'null') return name
  if (name === 'array') return `readonly ${typeOf(nodeIn(schema, 'items'))}[]`
  if (name === 'object') return objectType(schema)
  return 'unknown'
}

const objectType = (schema: Node): string => {
  const required = new Set(namesIn(schema, 'required'))
  const members = Object.entries(nodeIn(schema, 'properties')).map(([name, inner]) =>
    memberOf(name, isNode(inner) ? inner : {}, required.has(name)),
  )
  const others = schema['additionalProperties']
  const record = isNode(others) ? `Readonly<Record<string, ${typeOf(others)}>>` : 'Readonly<Record<string, unknown>>'
  if (members.length === 0) return record
  const object = `{ ${members.join('; ')} }`
  return isNode(others) && Object.keys(others).length > 0 ? `(${object} & ${record})` : object
}

const memberOf = (name: string, schema: Node, isRequired: boolean): string =>
  `readonly ${/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name)}${isRequired ? '' : '?'}: ${typeOf(schema)}`

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`

const union = (types: readonly string[]): string => {
  const distinct = [...new Set(types)]
  return distinct.length === 1 ? (distinct[0] ?? 'unknown') : `(${distinct.join(' | ')})`
}
