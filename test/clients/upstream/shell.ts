import { isObject, type Json, objectOf, textOf, type Tool } from './speaker.ts'

/** What clients call the tool that runs a command, whatever a gateway put in front of the name. */
const SHELL =
  /(?:^|[._])(?:bash|shell|exec|exec_command|run_commands?|run_shell_command|run_terminal_command|execute_command)$/i

/** Tools that take more specific names come first: Codex has several at once. */
export const shellOf = (tools: readonly Tool[]): Tool | undefined => tools.find(({ name }) => SHELL.test(name))

/** The quotes vanish when a shell runs it, so that its output cannot be mistaken for the command. */
const commandOf = (token: string, number: number): string => `echo "${token}"-${number}-ran`
export const outputOf = (token: string, number: number): string => `${token}-${number}-ran`

/** The number of the command in a call's input, through any depth of escaping. */
export const numberIn = (token: string, input: string): number | undefined => {
  const number = new RegExp(`${token}\\\\*"-(\\d+)-ran`).exec(input)?.[1]
  return number === undefined ? undefined : Number(number)
}

/** The numbers of the outputs in a result. */
export const outputsIn = (token: string, text: string): readonly number[] => [
  ...new Set([...text.matchAll(new RegExp(`${token}-(\\d+)-ran`, 'g'))].map(([, number]) => Number(number))),
]

/** The input of a call that runs one command: text for a tool of free text, else JSON that fits the schema. */
export const inputFor = (tool: Tool, token: string, number: number): string => {
  const command = commandOf(token, number)
  const program = `const r = await tools.exec_command({cmd: ${JSON.stringify(command)}}); text(r);`
  if (tool.form === 'custom') return program
  const names = Object.keys(objectOf(tool.schema.properties))
  if (names.length === 1 && names[0] === 'input') return JSON.stringify({ input: program })
  return JSON.stringify(objectFor(tool.schema, command))
}

const isCommand = (name: string): boolean => /^(?:command|commands|cmd|script)$/i.test(name)

const objectFor = (schema: Json, command: string): Json => {
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.fromEntries(
    Object.entries(objectOf(schema.properties))
      .filter(([name]) => required.includes(name) || isCommand(name))
      .map(([name, inner]) => [name, valueFor(objectOf(inner), isCommand(name) ? command : undefined)]),
  )
}

/** Without a command: the least that the schema takes. */
const valueFor = (schema: Json, command: string | undefined): unknown => {
  const [alternative] = Array.isArray(schema.anyOf) ? schema.anyOf : []
  if (isObject(alternative)) return valueFor(alternative, command)
  const [choice] = Array.isArray(schema.enum) ? (schema.enum as unknown[]) : []
  if (choice !== undefined) return choice
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).map((type) => textOf(type).toLowerCase())
  if (command === undefined && types.includes('null')) return null
  if (types.includes('array')) return command === undefined ? [] : [valueFor(objectOf(schema.items), command)]
  if (types.includes('object')) return objectFor(schema, command ?? 'true')
  if (types.includes('boolean')) return false
  if (types.includes('number') || types.includes('integer')) return 10_000
  return command ?? 'Runs the command of the job.'
}
