import { hash } from 'node:crypto'
import type { ToolCallBlock } from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'

export interface NamedTool {
  readonly name: string
  readonly namespace?: string | undefined
}

export interface NameRules {
  readonly lengthMax: number
  /** Dots and colons may stand in names, which then begin with a letter or an underscore (Gemini). */
  readonly allowsDots: boolean
}

export interface SentNames {
  /** The name a tool is sent under; for one that was not declared (of an earlier turn) too. */
  sent(name: string, namespace?: string): string
  /** The sent names that are not what the client called the tool. Tools in a namespace are always among them. */
  readonly renamed: ReadonlySet<string>
  /** Whether it is the name of a tool that was declared. */
  isDeclared(name: string, namespace?: string): boolean
}

/** No vendor allows less, and with less there could be fewer names than tools. */
const LENGTH_MIN = 16

/**
 * Gives every tool a name that the target takes: `namespace__name`, other signs as `_`, long ones shortened with a hash.
 * No two tools share one, and a tool whose own name fits keeps it, whoever else would get that name. The same tools give
 * the same names.
 */
export const sentNames = (tools: readonly NamedTool[], { lengthMax, allowsDots }: NameRules): SentNames => {
  const rules = { lengthMax: Math.max(lengthMax, LENGTH_MIN), allowsDots }
  const names = new Map<string, string>()
  const taken = new Set<string>()
  const renamed = new Set<string>()

  const assign = (tool: NamedTool): string => {
    const key = keyOf(tool)
    const known = names.get(key)
    if (known !== undefined) return known
    let name = fitted(tool, rules)
    for (let attempt = 0; taken.has(name); attempt++) name = marked(fitted(tool, rules), `${key}#${attempt}`, rules)
    names.set(key, name)
    taken.add(name)
    if (name !== tool.name || tool.namespace) renamed.add(name)
    return name
  }

  const keepsItsName = (tool: NamedTool): boolean => !tool.namespace && fitted(tool, rules) === tool.name
  for (const tool of tools) if (keepsItsName(tool)) assign(tool)
  for (const tool of tools) assign(tool)
  const declared = new Set(names.keys())
  return {
    sent: (name, namespace) => assign({ name, namespace }),
    renamed,
    isDeclared: (name, namespace) => declared.has(keyOf({ name, namespace })),
  }
}

/** The name that a call of the history is sent under. Of a tool that was declared, another name is declared with it. */
export const sentCallName = (
  { name, namespace, pointer }: Pick<ToolCallBlock, 'name' | 'namespace' | 'pointer'>,
  names: SentNames,
  losses: Losses,
): string => {
  const sent = names.sent(name, namespace)
  if (sent !== name && !names.isDeclared(name, namespace)) losses.declare(pointer, 'renamed')
  return sent
}

const keyOf = ({ name, namespace }: NamedTool): string => JSON.stringify([namespace || '', name])

const fitted = (tool: NamedTool, rules: NameRules): string => {
  const full = tool.namespace ? `${tool.namespace}__${tool.name}` : tool.name
  const plain = full.replace(rules.allowsDots ? /[^A-Za-z0-9_.:-]/g : /[^A-Za-z0-9_-]/g, '_') || '_'
  const begun = rules.allowsDots && !/^[A-Za-z_]/.test(plain) ? `_${plain}` : plain
  return begun.length <= rules.lengthMax ? begun : marked(begun, keyOf(tool), rules)
}

/** The beginning of a name and eight digits of a hash. */
const marked = (name: string, of: string, { lengthMax }: NameRules): string => {
  const mark = `_${hash('sha256', of, 'hex').slice(0, 8)}`
  return name.slice(0, lengthMax - mark.length) + mark
}
