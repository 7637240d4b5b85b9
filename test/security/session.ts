import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIALECTS, type Dialect, type Script, type Stage, startStage } from '../faults/scripted.ts'
import { changed } from '../upstream/providers.ts'

/** The vendors' keys of the session, by provider. None looks like any vendor's: nothing may recognise one by its look. */
export const VENDOR_KEYS = {
  oc: 'mark.oc+Zq8/1f3c5e7a9b2d4=6f80',
  oa: 'mark.oa-Yw7_2e4d6f8b0c1a3=5e71',
  an: 'mark.an+Xv6/3d5c7e9a1b0f2-4d62',
  ge: 'mark.ge_Tu5-4c6b8d0f2a1e3=3c53',
} as const

export const ADMIN_KEY = 'mark-admin-Rs4-5b7a9c1e3d0f2b44'
export const PASS_KEY = 'mark.pa+Qp3/6a8b0d2f4c1e5=1b35'

export const PROVIDERS = Object.keys(VENDOR_KEYS) as (keyof typeof VENDOR_KEYS)[]

/** The model that each provider serves. */
export const MODELS = { oc: 'chat', oa: 'gpt', an: 'claude', ge: 'gem' } as const

/** Something that was said to somebody. */
export interface Said {
  readonly what: string
  readonly text: string
}

/** What is secret of a key of Tollgate's: its first twelve characters are shown, to recognise it by. */
export const secretPart = (key: string): string => key.slice(SHOWN_CHARACTERS)
const SHOWN_CHARACTERS = 12

/** Everything that left the gateway in a session, and the gateway itself. */
export interface Session extends Stage {
  readonly said: Said[]
  /** Asks as a client, and keeps whatever it is told. */
  tell(what: string, path: string, init: RequestInit): Promise<string>
}

/** Everything an answer says: its status line, its headers, its body as far as it came. */
const wordsOf = async (answer: Response): Promise<string> => {
  const head = [`${answer.status} ${answer.statusText}`, ...[...answer.headers].map((pair) => pair.join(': '))]
  const body = await answer.text().catch((error: unknown) => `cut: ${String(error)}`)
  return `${head.join('\n')}\n\n${body}`
}

/** A gateway that logs all it can, in front of four vendors whose keys are marked, and a fifth to pass through to. */
export const startSession = async (): Promise<Session> => {
  const keys = Object.fromEntries(Object.entries(VENDOR_KEYS).map(([id, key]) => [id, { keys: [key] }]))
  const rules = [{ path: 'any/**', methods: ['GET', 'POST'], free: true }]
  const stage = await startStage((own) => {
    const { oc, ...others } = changed(own, keys)
    const { channels } = own
    return {
      ...own,
      providers: { ...others, oc, pa: { ...(oc as object), keys: [PASS_KEY], pass_through: rules } },
      channels: [...(channels as readonly object[]), { id: 'pa', provider: 'pa', models: ['mixed'] }],
      admin_key: ADMIN_KEY,
      log: { level: 'trace', bodies: true },
    }
  })
  const said: Said[] = []
  return {
    ...stage,
    said,
    tell: async (what, path, init) => {
      const text = await wordsOf(await fetch(stage.gateway.url + path, { redirect: 'manual', ...init }))
      said.push({ what, text })
      return text
    },
  }
}

/** How one client asks for one model, streamed or not. */
export const asking = (
  session: Session,
  dialect: Dialect,
  model: string,
  streamed: boolean,
  script: Script | string,
): readonly [path: string, init: RequestInit] => {
  const isGemini = dialect.name === DIALECTS.gemini.name
  const method = streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'
  const prompt = typeof script === 'string' ? script : session.upstream.plays(script)
  const more = isGemini ? {} : { model, ...(streamed && { stream: true }) }
  return [
    isGemini ? `/v1beta/models/${model}:${method}` : dialect.path,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${session.customer.key}` },
      body: JSON.stringify({ ...dialect.body(prompt), ...more }),
    },
  ]
}

/** What the gateway keeps in its folder, but for the configuration that was put there: its database, and whatever else. */
export const storedBy = ({ gateway }: Pick<Session, 'gateway'>): readonly Said[] =>
  readdirSync(gateway.dataFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !['tollgate.yaml', 'model_catalog.json'].includes(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return { what: path, text: readFileSync(path, 'latin1') }
    })

interface Description {
  readonly paths: Readonly<Record<string, { readonly get?: unknown }>>
}

/** Everything that the operator and the owner of a key can read: each `GET` of the description, with every id there is. */
export const readEverything = async (session: Session): Promise<void> => {
  const { gateway, customer } = session
  const description = (await (await fetch(`${gateway.url}/api/openapi.json`)).json()) as Description
  const [newest] = await gateway.requests({}, 1)
  const ids: Readonly<Record<string, readonly string[]>> = {
    id: [...PROVIDERS, 'pa', customer.userId, customer.keyId, 'default'],
    keyId: ['1'],
    request_id: [newest?.request_id ?? ''],
    response_id: ['none'],
    model: Object.values(MODELS),
    provider: PROVIDERS,
    endpoint: ['none'],
  }
  const bearers = { operator: gateway.adminKey, customer: customer.key }
  for (const [path, { get }] of Object.entries(description.paths)) {
    // What is followed live never ends; it says what the list says.
    if (get === undefined || path.endsWith('/live')) continue
    const [name] = /(?<=\{)[^}]+/.exec(path) ?? []
    const values = name === undefined ? [''] : (ids[name] ?? ['none'])
    for (const value of values)
      for (const [who, bearer] of Object.entries(bearers)) {
        const place = path.replace(`{${name}}`, value).replace(/\{[^}]+\}/g, '1')
        await session.tell(`GET ${place} for the ${who}`, place, { headers: { authorization: `Bearer ${bearer}` } })
      }
  }
  for (const path of ['/metrics', '/health', '/health/ready', '/status', '/api/status'])
    await session.tell(`GET ${path}`, path, { headers: { authorization: `Bearer ${gateway.adminKey}` } })
}
