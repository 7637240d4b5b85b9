import type { StoreApi } from '../db/types.ts'

/** The prefixes under which clients look for OpenAI's files and batches. */
const OPENAI = ['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1']
const ANTHROPIC = ['/v1', '/claude/v1', '/v1/anthropic', '/v1/anthropic/v1', '/api/proxy/v1']
/** Those of them under which both vendors have files, told apart by the header that only one's clients send. */
const EITHER: ReadonlySet<string> = new Set(['/v1', '/api/proxy/v1'])

/** What a path names: a list, or one thing, and what is done with it. */
export interface StoredPath {
  readonly of: 'files' | 'batches'
  readonly api: StoreApi
  /** What stands before `/files` or `/batches`. */
  readonly prefix: string
  readonly id: string | undefined
  /** `content`, `cancel`, `results`. */
  readonly rest: string | undefined
  /** The provider that the path names, by its id or kind. */
  readonly only: string | undefined
}

const PATH = /^(\/.{1,512}?)(\/messages\/batches|\/batches|\/files)(?:\/([^/]{1,512})(?:\/(content|cancel|results))?)?$/
const NAMED = /^\/v1\/([^/]{1,128})(?:\/v1)?$/

/** Reads a path of files or batches. `apiOf`: what a provider keeps files by, given its id or kind. */
export const readStoredPath = (
  path: string,
  headers: Headers,
  apiOf: (provider: string, of: StoredPath['of']) => StoreApi | undefined,
): StoredPath | undefined => {
  const [, prefix = '', tail = '', written, rest] = PATH.exec(path) ?? []
  const of = tail === '/files' ? 'files' : 'batches'
  const place = placeOf(prefix, tail, headers, (provider) => apiOf(provider, of))
  const id = written === undefined ? undefined : decode(written)
  if (!place || (written !== undefined && !id)) return undefined
  return { of, prefix: prefix + tail, id, rest, ...place }
}

const placeOf = (
  prefix: string,
  tail: string,
  headers: Headers,
  apiOf: (provider: string) => StoreApi | undefined,
): Pick<StoredPath, 'api' | 'only'> | undefined => {
  const wanted = tail === '/messages/batches' ? 'anthropic' : tail === '/batches' ? 'openai' : undefined
  const inOpenAi = OPENAI.includes(prefix)
  const inAnthropic = ANTHROPIC.includes(prefix)
  if (wanted !== undefined && (wanted === 'anthropic' ? inAnthropic : inOpenAi)) return { api: wanted, only: undefined }
  if (wanted === undefined && EITHER.has(prefix))
    return { api: headers.has('anthropic-version') ? 'anthropic' : 'openai', only: undefined }
  if (wanted === undefined && (inOpenAi || inAnthropic))
    return { api: inAnthropic ? 'anthropic' : 'openai', only: undefined }
  const [, named] = NAMED.exec(prefix) ?? []
  const api = named === undefined ? undefined : apiOf(named)
  return api && (wanted ?? api) === api ? { api, only: named } : undefined
}

const decode = (written: string): string | undefined => {
  try {
    return decodeURIComponent(written)
  } catch {
    return undefined
  }
}
