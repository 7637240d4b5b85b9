/** One event of a rendered stream, read strictly: what the official clients read, they read no more leniently. */
export interface Frame {
  readonly name: string
  readonly data: string
}

/** Cuts server-sent events; a comment block is skipped, a block without its blank line is a fault of the writer. */
export const framesOf = (text: string): { readonly frames: readonly Frame[]; readonly rest: string } => {
  const blocks = text.split('\n\n')
  const rest = blocks.pop() ?? ''
  const frames: Frame[] = []
  for (const block of blocks) {
    // Blank lines between events mean nothing.
    if (block.trim() === '' || block.startsWith(':')) continue
    const lines = block.trim().split('\n')
    const name = lines.find((line) => line.startsWith('event: '))?.slice(7) ?? ''
    const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6))
    frames.push({ name, data: data.join('\n') })
  }
  return { frames, rest }
}

export type Json = Record<string, unknown>

export const jsonOf = (text: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

export const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectOf) : [])
