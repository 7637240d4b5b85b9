import { textBetween } from '../bytes.ts'
import type { Scan } from '../canon/scan.ts'
import type { Units } from '../canon/usage.ts'
import { demandOf } from '../protocols/openai-images/demand.ts'

/** How a body declares the tool by which its vendor asks a model for images. */
export interface ImageTool {
  /** The model for images, where it names one. */
  readonly model: string | undefined
  readonly size: string | undefined
  readonly quality: string | undefined
  readonly partials: number
}

const known = new WeakMap<Scan, readonly ImageTool[]>()

/** Every such tool among `tools`. Only for bodies that declare one: their tools are parsed for it. */
export const imageToolsIn = (scan: Scan): readonly ImageTool[] => {
  const found = known.get(scan) ?? readTools(scan)
  known.set(scan, found)
  return found
}

const readTools = ({ bytes, members }: Scan): readonly ImageTool[] => {
  const member = members.get('tools')
  if (!member) return []
  const tools = parsed(textBetween(bytes, member.valueStart, member.valueEnd))
  return tools.filter(({ type }) => type === 'image_generation').map(readTool)
}

type Members = Readonly<Record<string, unknown>>

const parsed = (text: string): readonly Members[] => {
  try {
    const tools: unknown = JSON.parse(text)
    const isMembers = (tool: unknown): tool is Members => typeof tool === 'object' && tool !== null
    return Array.isArray(tools) ? tools.filter(isMembers) : []
  } catch {
    // A bad escape, which is left to the upstream to refuse.
    return []
  }
}

const PARTIALS_MAX = 3

const readTool = ({ model, size, quality, partial_images: partials }: Members): ImageTool => ({
  model: wordOf(model),
  size: wordOf(size),
  quality: wordOf(quality),
  partials: typeof partials === 'number' && partials > 0 ? Math.min(Math.ceil(partials), PARTIALS_MAX) : 0,
})

const wordOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** What the vendor's model writes for the one that makes images, at most; and images of the request that it may be given. */
const PROMPT_BYTES_MAX = 8_000
const GIVEN_MAX = 16

/** The most that one image may come to: what is held, for few answers make more. */
export const imageUnits = ({ size, quality, partials }: ImageTool, { mediaCount }: Scan): Units => {
  const given = Math.min(mediaCount, GIVEN_MAX)
  const wanted = { images: 1, size, quality, partials, frames: 1, textBytes: PROMPT_BYTES_MAX, given }
  const { input, output } = demandOf(wanted).most
  return { imageInput: input, imageOutput: output }
}
