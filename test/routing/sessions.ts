import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'

/// Sessions of coding clients: what each sent for its turns, one after the other.

export interface SessionRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly model: string
}

export interface Session {
  readonly name: string
  /** Two at least, each going on from the one before. */
  readonly turns: readonly SessionRequest[]
}

interface Seen {
  readonly client: string
  readonly variant: string
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: unknown
}

const ROOT = join(import.meta.dir, '..', '..')

/** The folder of requests that real clients were seen to send, if this machine has one. */
const requestsFolder = (): string | undefined => {
  const named = process.env['TOLLGATE_CLIENT_REQUESTS'] ?? '../shared/clients/requests'
  const path = isAbsolute(named) ? named : resolve(ROOT, named)
  return existsSync(path) ? path : undefined
}

/** Sessions that real clients had, where they are on this machine; else none. */
export const seenSessions = (): readonly Session[] => {
  const folder = requestsFolder()
  if (folder === undefined) return []
  return readdirSync(folder)
    .filter((client) => !client.startsWith('sdk-') && client !== 'promptfoo')
    .flatMap((client) => sessionsIn(readAll(join(folder, client))))
}

const readAll = (folder: string): readonly Seen[] =>
  readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Seen)
    .filter(({ method, path, body }) => method === 'POST' && !path.includes('count') && isObject(body))

/** Requests that begin alike, of one run of one client, are turns of one session. */
const sessionsIn = (seen: readonly Seen[]): readonly Session[] => {
  const turns = new Map<string, SessionRequest[]>()
  for (const one of seen) {
    const name = `${one.client} ${one.variant} ${one.path.split(':')[0]}`
    const key = `${name}\n${beginningOf(one.body)}`
    turns.set(key, [...(turns.get(key) ?? []), requestOf(one)])
  }
  return [...turns]
    .filter(([, requests]) => requests.length > 1)
    .map(([key, requests]) => ({ name: key.split('\n')[0] ?? '', turns: requests }))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** What a person said first, in whichever format. */
const beginningOf = (body: unknown): string => {
  if (!isObject(body)) return ''
  const list = body.messages ?? body.input ?? body.contents
  const first = Array.isArray(list) ? list.find((turn) => isObject(turn) && turn.role === 'user') : list
  return JSON.stringify(first, (name, value: unknown) => (name === 'cache_control' ? undefined : value)) ?? ''
}

/** Those that a client speaks to the server in between; the rest is the connection's own. */
const OWN_HEADERS =
  /^(?:host|connection|content-length|accept-encoding|authorization|x-api-key|x-goog-api-key|expect)$/i

const requestOf = ({ path, query, headers, body }: Seen): SessionRequest => ({
  path: path + query.replace(/([?&])key=[^&]*&?/, '$1'),
  headers: Object.fromEntries(headers.filter(([name]) => !OWN_HEADERS.test(name))),
  body: JSON.stringify(body),
  model: isObject(body) && typeof body.model === 'string' ? body.model : (/models\/([^:]+):/.exec(path)?.[1] ?? ''),
})

/** A session of our own, in Chat: a conversation with tools, turn by turn. */
export const ownSession = (name: string, turns: number): Session => ({
  name: `own ${name}`,
  turns: Array.from({ length: turns }, (_, turn) => ({
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    model: 'own-model',
    body: JSON.stringify({
      model: 'own-model',
      stream: true,
      messages: [
        { role: 'system', content: `You write code. The time is 10:0${turn}.` },
        { role: 'user', content: `Mend the test of ${name}` },
        ...Array.from({ length: turn }, (_, step) => [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: `call_${step}`, type: 'function', function: { name: 'run', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: `call_${step}`, content: `output ${step}` },
        ]).flat(),
      ],
    }),
  })),
})

/** The same session, had by somebody else elsewhere: ids and places are other ones. */
export const copyOf = ({ name, turns }: Session, copy: number): Session => ({
  name: `${name} (${copy})`,
  turns: turns.map((turn) => ({ ...turn, ...mapped(turn, copy) })),
})

const mapped = ({ headers, body }: SessionRequest, copy: number) => {
  const uuid = `00000000-0000-4000-8000-${String(copy).padStart(12, '0')}`
  const replaced = (text: string): string =>
    text.replaceAll('<UUID>', uuid).replaceAll('<WORKSPACE>', `/home/somebody-${copy}/work`)
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, replaced(value)])),
    body: replaced(body),
  }
}

const SESSION_HEADER = /session|thread|affinity|request-id|window-id|turn-metadata/i

/** The session without any name that its client gave it. */
export const nameless = (session: Session): Session => ({
  ...session,
  turns: session.turns.map(({ headers, body, ...rest }) => {
    const { metadata: _, prompt_cache_key: __, client_metadata: ___, ...kept } = JSON.parse(body)
    const own = Object.entries(headers).filter(([name]) => !SESSION_HEADER.test(name))
    return { ...rest, headers: Object.fromEntries(own), body: JSON.stringify(kept) }
  }),
})
