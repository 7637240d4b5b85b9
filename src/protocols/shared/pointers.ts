import type { Tool } from '../../canon/conversation.ts'

/** The pointer of a member or an entry (RFC 6901). */
export const below = (pointer: string, name: string | number): string =>
  `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** The pointer of a declared tool's member: Chat has them one level deeper, under the tool's kind. */
export const toolField = ({ pointer, native }: Pick<Tool, 'pointer' | 'native'>, name: string): string => {
  const kind = ['function', 'custom'].find((key) => typeof native?.value[key] === 'object')
  return below(kind === undefined ? pointer : below(pointer, kind), name)
}
