import { type Answered, codeOf } from '../accounts/browser.ts'
import type { Operation } from './description.ts'
import { FORMS, pathOf } from './forms.ts'
import type { World } from './world.ts'

export type Send = (method: string, path: string, body: object | undefined) => Promise<Answered>

/**
 * Makes each of these calls, about what is really there and with a body that is right, so that nothing but who asks, or
 * from where, can be the reason it is refused; and says which were answered otherwise than wanted.
 */
export const otherwise = async (
  { named }: Pick<World, 'named'>,
  calls: readonly Operation[],
  send: Send,
  wanted: readonly [status: number, code: string],
): Promise<readonly string[]> => {
  const wrong: string[] = []
  for (const [index, { call, method, path, changes }] of calls.entries()) {
    const body = changes && method !== 'DELETE' ? (FORMS[call]?.(10_000 + index, named) ?? {}) : undefined
    const answered = await send(method, pathOf(path, named), body)
    const got = [answered.status, codeOf(answered)]
    if (got.join() !== wanted.join()) wrong.push(`${call}: ${got.join(' ')}`)
  }
  return wrong
}
