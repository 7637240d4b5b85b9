import { readdirSync, readFileSync } from 'node:fs'
import { parseSync } from 'rolldown/utils'

/// What the sources say where they refuse something, read out of their syntax: nothing new goes unnoticed.

/** Stands in a text for what is known only when it is said. */
export const PLACE = '◌'

export interface Said {
  /** Whole messages, as `There is no ◌ with the id ◌.`, and where they are. */
  readonly messages: ReadonlyMap<string, string>
  /** What is said of a field, as `must be a list`. */
  readonly issues: ReadonlyMap<string, string>
  /** Messages that are put together elsewhere: the file and the expression. */
  readonly foreign: readonly string[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string'
const nodesIn = (value: unknown): readonly Node[] =>
  Array.isArray(value) ? value.flatMap(nodesIn) : isNode(value) ? [value] : []
const nameOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Identifier' ? String(node['name']) : undefined
const filled = (template: Node): string =>
  nodesIn(template['quasis'])
    .map(({ value }) => String((value as { readonly cooked?: unknown }).cooked))
    .join(PLACE)

/** `paths`: files, and folders of which every source counts but tests. */
export const refusalsIn = (paths: readonly string[]): Said => {
  const said = { messages: new Map<string, string>(), issues: new Map<string, string>(), foreign: [] as string[] }
  for (const path of paths.flatMap(filesOf)) {
    const source = readFileSync(path, 'utf8')
    const program = parseSync(path, source).program as unknown as Node
    for (const text of messagesIn(program))
      if (typeof text === 'string') (BEGINS.test(text) ? said.issues : said.messages).set(text, path)
      else said.foreign.push(`${path}: ${source.slice(text.start, text.end)}`)
    if (path.startsWith(CALLS)) for (const text of issuesIn(program)) said.issues.set(text, path)
  }
  return said
}

/** Where calls are described, with what is said of their fields. */
const CALLS = 'src/http/admin/'

const filesOf = (path: string): readonly string[] =>
  path.endsWith('.ts')
    ? [path]
    : readdirSync(path)
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => `${path}/${name}`)

/** The name and parameters of a function that something stands in. */
interface Within {
  readonly name: string | undefined
  readonly params: readonly string[]
}

type Look = (node: Node, within: readonly Within[]) => void

const visit = (node: Node, look: Look, within: readonly Within[] = [], name?: string): void => {
  const isFunction = node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression'
  const params = isFunction ? nodesIn(node['params']).map((one) => nameOf(one) ?? '') : []
  const inside = isFunction ? [...within, { name, params }] : within
  look(node, inside)
  const named = node.type === 'VariableDeclarator' ? nameOf(node['id']) : undefined
  for (const child of Object.values(node).flatMap(nodesIn)) visit(child, look, inside, named)
}

/** The texts that become messages; a node where it cannot be told what it says. */
const messagesIn = (program: Node): readonly (string | Node)[] => {
  const constants = constantsIn(program)
  const makers = makersIn(program)
  const found: (string | Node)[] = []
  visit(program, (node, within) => {
    const message = messageOf(node, makers)
    const name = nameOf(message)
    if (!message || (name !== undefined && within.some(({ params }) => params.includes(name)))) return
    found.push(...textsOf(message, constants))
  })
  return found
}

/** The functions that make a refusal of a message they are given, and which of their arguments it is. */
const makersIn = (program: Node): ReadonlyMap<string, number> => {
  const makers = new Map([['fault', 1]])
  for (let before = 0; before !== makers.size; ) {
    before = makers.size
    visit(program, (node, within) => {
      const name = nameOf(messageOf(node, makers))
      const maker = name === undefined ? undefined : within.findLast(({ params }) => params.includes(name))
      if (maker?.name !== undefined && name !== undefined) makers.set(maker.name, maker.params.indexOf(name))
    })
  }
  return makers
}

/** An argument of a function that refuses, or a member `message`. */
const messageOf = (node: Node, makers: ReadonlyMap<string, number>): Node | undefined => {
  const { type, callee, key, value } = node
  if (type === 'Property' && nameOf(key) === 'message' && isNode(value) && isText(value)) return value
  const place = type === 'CallExpression' ? makers.get(nameOf(callee) ?? '') : undefined
  return place === undefined ? undefined : nodesIn(node['arguments'])[place]
}

const isText = ({ type, value }: Node): boolean =>
  type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string')

type Constants = ReadonlyMap<string, readonly Node[]>

const constantsIn = (program: Node): Constants => {
  const constants = new Map<string, Node[]>()
  visit(program, ({ type, id, init }) => {
    const name = type === 'VariableDeclarator' ? nameOf(id) : undefined
    if (name !== undefined && isNode(init)) constants.set(name, [...(constants.get(name) ?? []), init])
  })
  return constants
}

const DEPTH_MAX = 5

const textsOf = (node: Node, constants: Constants, depth = 0): readonly (string | Node)[] => {
  const { type, value, consequent, alternate, left, right } = node
  if (type === 'Literal' && typeof value === 'string') return [value]
  if (type === 'TemplateLiteral') return [filled(node)]
  if (type === 'ConditionalExpression')
    return nodesIn([consequent, alternate]).flatMap((one) => textsOf(one, constants, depth))
  if (type === 'BinaryExpression' && isNode(left) && isNode(right)) {
    const ends = textsOf(right, constants, depth).map(textOrPlace)
    return textsOf(left, constants, depth).flatMap((one) => ends.map((end) => `${textOrPlace(one)}${end}`))
  }
  const known = depth < DEPTH_MAX ? constants.get(nameOf(node) ?? '') : undefined
  return known ? known.flatMap((one) => textsOf(one, constants, depth + 1)) : [node]
}

const textOrPlace = (text: string | Node): string => (typeof text === 'string' ? text : PLACE)

/** How a sentence goes on that begins with the name of a field. */
const BEGINS = /^(?:must|is|names|makes|reaches|cannot|does|needs|runs|may|spans|holds|has|was) /
/** Members that describe a call: nobody is told them as a refusal. */
const DESCRIBING = new Set(['description', 'summary', 'answer', 'example', 'notes', 'title'])

const issuesIn = (node: Node): readonly string[] => {
  const { type, key, callee, value, expressions } = node
  if (type === 'Property' && DESCRIBING.has(nameOf(key) ?? '')) return []
  if (type === 'CallExpression' && nameOf(callee) === 'otherwise') {
    const [expected] = nodesIn(node['arguments'])
    return expected ? textsOf(expected, new Map()).map((text) => `must be ${textOrPlace(text)}`) : []
  }
  if (type === 'Literal') return typeof value === 'string' && BEGINS.test(value) ? [value] : []
  if (type !== 'TemplateLiteral') return Object.values(node).flatMap(nodesIn).flatMap(issuesIn)
  const text = filled(node)
  return [...(BEGINS.test(text) ? [text] : []), ...nodesIn(expressions).flatMap(issuesIn)]
}
