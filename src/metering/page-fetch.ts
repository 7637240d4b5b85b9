import type { UpstreamFormat } from '../canon/operation.ts'
import type { Scan } from '../canon/scan.ts'
import { unescaped } from '../canon/scan-parts.ts'

/** Formats whose upstreams have a tool that fetches pages. */
const FETCHERS: ReadonlySet<UpstreamFormat> = new Set(['anthropic-messages', 'gemini'])

/** Anthropic's tool by its dated type, and Gemini's by its key: a client's own function may be named like either. */
const PAGE_FETCH = /"type"\s*:\s*"web_fetch_\d|"url(?:Context|_context)"\s*:/

/** Looked for first, which costs next to nothing. A letter written as an escape could be any. */
const MARKS = ['web_fetch_', 'urlContext', 'url_context', '\\u00'].map((mark) => Buffer.from(mark))

/** Whether an upstream may fetch pages for this request: each can fill a window, as a document at an address can. */
export const fetchesPages = ({ bytes, members }: Scan, upstreamFormat: UpstreamFormat): boolean => {
  const member = members.get('tools')
  if (!member || !FETCHERS.has(upstreamFormat)) return false
  const tools = Buffer.from(bytes.buffer, bytes.byteOffset + member.valueStart, member.valueEnd - member.valueStart)
  return MARKS.some((mark) => tools.includes(mark)) && PAGE_FETCH.test(unescaped(tools, -1, tools.length + 1))
}
