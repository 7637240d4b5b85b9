import type { Answered } from '../accounts/browser.ts'
import type { Operation, TextField } from './description.ts'
import { FORMS, type Named, pathOf } from './forms.ts'
import { HOSTILE } from './hostile.ts'

type Tree = { [name: string]: unknown }

/** What became of the texts. */
export interface Stored {
  /** `POST /api/me/keys name`: fields that took one. */
  readonly taken: readonly string[]
  /** Answers that are defects of ours, and bodies that were refused though nothing in them is hostile. */
  readonly broken: readonly string[]
}

export type Caller = (method: string, path: string, body: object) => Promise<Answered>

/** What is refused by nature: no code is known that could be redeemed. */
const NEVER = ['POST /api/me/redeem']

/** So that no body has the numbers of another test's. */
let turn = 0

/** Writes the first hostile text into each field of a call, and the first `count` of them into those that took it. */
export const storeIn = async (operation: Operation, named: Named, count: number, call: Caller): Promise<Stored> => {
  const { method, texts, call: name } = operation
  const form = FORMS[name]
  if (!form) return { taken: [], broken: [`${name}: no body is known`] }
  const path = pathOf(operation.path, named)
  const send = (fill: (body: Tree) => void): Promise<Answered> => {
    turn += 1
    const body = structuredClone(form(turn, named)) as Tree
    fill(body)
    return call(method, path, body)
  }
  const broken: string[] = []
  const note = (what: string, { status, body }: Answered): boolean => {
    if (status >= 500) broken.push(`${name} ${what}: ${status}`)
    if (what === '' && status >= 400 && !NEVER.includes(name)) broken.push(`${name}: ${status} ${JSON.stringify(body)}`)
    return status < 300
  }
  note('', await send(() => undefined))
  const taken: TextField[] = []
  for (const field of texts)
    if (note(field.path.join('.'), await send((body) => write(body, field, HOSTILE[0]?.[1] ?? '')))) taken.push(field)
  // All of them at once: lists grow by one row for each text, and not for each text and field.
  for (const [what, text] of taken.length > 0 ? HOSTILE.slice(0, count) : [])
    note(
      what,
      await send((body) => {
        for (const field of taken) write(body, field, text)
      }),
    )
  return { taken: taken.map((field) => `${name} ${field.path.join('.')}${field.isName ? ' (name)' : ''}`), broken }
}

/** Puts a text where a field is, making what leads to it. */
const write = (body: Tree, { path, charactersMax, isName }: TextField, text: string): void => {
  const cut = text.slice(0, charactersMax)
  let at: Tree = body
  for (const [index, name] of path.slice(0, -1).entries()) {
    if (typeof at[name] !== 'object' || at[name] === null) at[name] = path[index + 1] === '0' ? [] : {}
    at = at[name] as Tree
  }
  const last = path.at(-1) ?? ''
  // As JSON has it: `__proto__` is a member like any other.
  const value = isName ? 'demo' : cut
  Object.defineProperty(at, isName ? cut : last, { value, enumerable: true, configurable: true, writable: true })
}
