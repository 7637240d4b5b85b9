import { createRoute, z } from '@hono/zod-openapi'
import { shownEntry } from '../../config/administered.ts'
import type { Base } from '../../config/load.ts'
import { noteOf, vendorKey } from '../../config/fields.ts'
import { entryOf, isTree } from '../../config/tree.ts'
import { newId } from '../../db/ids.ts'
import type { ObjectWrite, ProviderKeyRecord, StoredObjects } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { audit } from './audit.ts'
import { changes } from './audit-changes.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line, queryCount } from './fields.ts'
import { changeable, DeletedSchema } from './object-routes.ts'
import {
  fieldsOf,
  identifierField,
  optionalFieldsOf,
  PROVENANCE,
  provenanceOf,
  VERSION_FIELD,
  versionIn,
} from './object-schemas.ts'
import { STANDS } from './health.ts'
import { lastFourOf, standingOfKey } from './health-view.ts'
import { isKey } from './object-writes.ts'
import { changeObjects, mergePatch, otherVersion, type Refused, refused, schemaOf, type Shown } from './objects.ts'
import { mistakesFault, refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound } from './routes.ts'

type Fields = Readonly<Record<string, unknown>>

/** What the configuration says of a key of a provider. */
const keySchemaOf = (base: Base): z.ZodType => {
  const provider = noteOf(schemaOf(base, 'provider'))
  const keys = provider.shape === 'section' ? provider.fields['keys'] : undefined
  const note = keys && noteOf(keys)
  if (note?.shape !== 'list') throw new Error('a provider has no list of keys')
  return note.of
}

const NOT_SHOWN = ['key', 'id']

/** A key of a provider as the API shows it: never the key. */
export const providerKeySchema = (base: Base) =>
  z
    .object({
      id: z.string().openapi({ description: 'Its name in receipts and health.', example: 'main' }),
      last4: z.string().nullable().openapi({
        description: 'The end of the key, to tell it by; null where it is too short to show any of it.',
        example: '4f2a',
      }),
      ...fieldsOf(keySchemaOf(base), NOT_SHOWN),
      ...STANDS,
      version: PROVENANCE.version,
      created_at: PROVENANCE.created_at,
      updated_at: PROVENANCE.updated_at,
      updated_by: PROVENANCE.updated_by,
    })
    .openapi('ProviderKey', { description: 'A key of a vendor account. The key itself is never shown.' })

const KEY = z
  .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') })
  .trim()
  .refine(
    (text) => vendorKey.schema.safeParse(text).success,
    'must be a key of the vendor, or the JSON of its key file',
  )
  .openapi({ type: 'string', description: 'The key. It is stored encrypted and never shown.', example: undefined })

/** A key that is to be. In a list of them, a text alone is one too. */
export const newProviderKeySchema = (base: Base) =>
  z
    .strictObject({
      key: KEY,
      id: identifierField('main').optional().openapi({
        description: 'Its name in receipts and health. Left out: the first number that is free, from 1.',
      }),
      ...optionalFieldsOf(keySchemaOf(base), NOT_SHOWN),
    })
    .openapi('NewProviderKey')

/** `keys` of a new provider. */
export const newProviderKeysField = (base: Base) =>
  z
    .array(z.union([KEY, newProviderKeySchema(base)]))
    .max(1_000, 'must have at most 1000 entries')
    .optional()
    .openapi({ description: 'Its keys. They are stored encrypted and never shown.' })

type Standings = ControlPlaneDeps['providersHealth']

/** Keys of a provider as they are shown, of the file or of the database. */
export const shownKeysOf = (
  base: Base,
  { id, body, source }: Shown,
  { keys }: StoredObjects,
  health: Standings,
): readonly Fields[] => {
  if (source === 'api')
    return keys.filter(({ providerId }) => providerId === id).map((key) => standing(base, key, health))
  const written: unknown = entryOf(body, 'keys')
  const given = (Array.isArray(written) ? written : [])
    .map((each: unknown): Fields => (isTree(each) ? each : { key: each }))
    .filter(({ key }) => typeof key === 'string' && key !== '')
  return given.map((each, index) => {
    const keyId = typeof each['id'] === 'string' && each['id'] !== '' ? each['id'] : String(index + 1)
    return {
      ...shownKeyBody(base, each),
      id: keyId,
      last4: lastFourOf(String(each['key'])) || null,
      ...standingOfKey(health, id, keyId),
      ...provenanceOf(undefined),
    }
  })
}

/** The same, with how it stands here. */
const standing = (base: Base, key: ProviderKeyRecord, health: Standings): Fields => ({
  ...shownKey(base, key),
  ...standingOfKey(health, key.providerId, key.id),
})

const shownKey = (base: Base, key: ProviderKeyRecord): Fields => ({
  ...shownKeyBody(base, key.body),
  id: key.id,
  last4: key.last4 || null,
  ...provenanceOf(key),
})

const shownKeyBody = (base: Base, written: Fields): Fields => {
  const { key: _, id: __, ...shown } = shownEntry(keySchemaOf(base), written) as Fields
  return shown
}

/** What stores the keys of a new provider. */
export const writesOfKeys = (
  deps: ControlPlaneDeps,
  providerId: string,
  given: unknown,
): Result<readonly ObjectWrite[], Refused> => {
  const taken: string[] = []
  const writes: ObjectWrite[] = []
  for (const each of Array.isArray(given) ? given : []) {
    const fields: Fields = isTree(each) ? each : { key: each }
    const write = writeOfNewKey(deps, providerId, fields, taken)
    if (!write.ok) return write
    taken.push(write.value.id)
    writes.push(write.value)
  }
  return ok(writes)
}

type KeyWrite = Extract<ObjectWrite, { act: 'put-key' }>

const writeOfNewKey = (
  deps: ControlPlaneDeps,
  providerId: string,
  { key, id: named, ...body }: Fields,
  taken: readonly string[],
): Result<KeyWrite, Refused> => {
  const id = typeof named === 'string' ? named : firstFree(taken)
  if (taken.includes(id)) {
    const message = `The provider ${providerId} has a key ${id} already. PATCH changes it.`
    return refused(fault('state-conflict', message, { param: 'id', issue: 'is taken' }))
  }
  const secret = sealed(deps, providerId, id, String(key))
  return secret.ok ? ok({ act: 'put-key', providerId, id, body: withoutNull(body), ...secret.value }) : secret
}

const firstFree = (taken: readonly string[]): string => {
  for (let number = 1; ; number += 1) if (!taken.includes(String(number))) return String(number)
}

const withoutNull = (fields: Fields): Fields => mergePatch({}, fields) as Fields

/** Encrypted for its place, which is its alone. */
const sealed = (
  { administration, nowMs }: ControlPlaneDeps,
  providerId: string,
  id: string,
  key: string,
): Result<Pick<KeyWrite, 'secretId' | 'sealed' | 'last4'>, Refused> => {
  const secretId = newId('secret_', nowMs())
  const done = administration.keyring.seal(key, { providerId, id, secretId })
  if (!done.ok) return refused(fault('state-conflict', done.error, { param: 'key', issue: 'cannot be stored' }))
  return ok({ secretId, sealed: done.value, last4: lastFourOf(key) })
}

const PROVIDER_ID = idParam('claude-main')
const SHARED = { tags: ['Providers'], security: ADMIN_ONLY }
const ON_ONE = { ...SHARED, path: '/api/admin/providers/{id}/keys/{keyId}' }
const ONE_KEY = z.object({ id: PROVIDER_ID, keyId: idParam('main') })
const IF_MATCH = z.object({ 'if-match': line(40).optional().openapi({ example: '"1"' }) })

const routesOf = (base: Base) => {
  const schema = providerKeySchema(base)
  const changes = z
    .strictObject({
      key: KEY.optional().openapi({ description: 'Another key in its place.' }),
      ...optionalFieldsOf(keySchemaOf(base), NOT_SHOWN),
      version: VERSION_FIELD,
    })
    .openapi('ProviderKeyChanges')
  return {
    add: createRoute({
      ...SHARED,
      method: 'post',
      path: '/api/admin/providers/{id}/keys',
      operationId: 'addProviderKey',
      summary: 'Add a key to a provider',
      description: 'It is stored encrypted, and never shown again: only its end is, to tell it by.',
      request: { params: z.object({ id: PROVIDER_ID }), body: body(newProviderKeySchema(base)) },
      responses: { 201: answer(schema, 'The key as added.'), ...failures(400, 404, 409, 413, 415) },
    }),
    update: createRoute({
      ...ON_ONE,
      method: 'patch',
      operationId: 'updateProviderKey',
      summary: 'Change a key of a provider',
      description:
        'Changes what is named and leaves the rest; null takes a limit away. `key` puts another in its place.',
      request: { params: ONE_KEY, headers: IF_MATCH, body: body(changes) },
      responses: { 200: answer(schema, 'The key as changed.'), ...failures(400, 404, 409, 413, 415) },
    }),
    remove: createRoute({
      ...ON_ONE,
      method: 'delete',
      operationId: 'deleteProviderKey',
      summary: 'Delete a key of a provider',
      description: 'Requests under way are finished with it.',
      request: {
        params: ONE_KEY,
        headers: IF_MATCH,
        query: z.strictObject({
          version: queryCount(1, 999_999_999).optional().openapi({ description: 'Of the state you read.' }),
        }),
      },
      responses: { 200: answer(DeletedSchema, 'It is gone.'), ...failures(400, 404, 409) },
    }),
  }
}

/** Add, change and delete under `/api/admin/providers/{id}/keys`. */
export const registerProviderKeys = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { base } = deps.administration
  const routes = routesOf(base())

  app.openapi(routes.add, async (c) => {
    const { id } = c.req.valid('param')
    const added = await addKey({ ...deps, actor: actorOf(c) }, id, c.req.valid('json'))
    if (!added.ok) return refuse(c, added.error.error, added.error.mistakes)
    const shown = shownKey(base(), added.value)
    await audit(deps, c, { action: 'addProviderKey', subject: `${id}/${added.value.id}`, after: shown })
    return c.json(standing(base(), added.value, deps.providersHealth) as Row, 201)
  })

  app.openapi(routes.update, async (c) => {
    const { id, keyId } = c.req.valid('param')
    const { version, ...fields } = c.req.valid('json') as Fields
    const wanted = (version as number | undefined) ?? versionIn(c.req.header('if-match'))
    const before = (await deps.store.objects.read()).keys.find(isKey(id, keyId))
    const changed = await changeKey({ ...deps, actor: actorOf(c) }, id, keyId, fields, wanted)
    if (!changed.ok) return refuse(c, changed.error.error, changed.error.mistakes)
    const states = changes(before ? shownKey(base(), before) : {}, shownKey(base(), changed.value))
    await audit(deps, c, { action: 'updateProviderKey', subject: `${id}/${keyId}`, ...states })
    return c.json(standing(base(), changed.value, deps.providersHealth) as Row, 200)
  })

  app.openapi(routes.remove, async (c) => {
    const { id, keyId } = c.req.valid('param')
    const wanted = c.req.valid('query').version ?? versionIn(c.req.header('if-match'))
    const before = (await deps.store.objects.read()).keys.find(isKey(id, keyId))
    const removed = await removeKey({ ...deps, actor: actorOf(c) }, id, keyId, wanted)
    if (!removed.ok) return refuse(c, removed.error.error)
    const state = before && shownKey(base(), before)
    await audit(deps, c, { action: 'deleteProviderKey', subject: `${id}/${keyId}`, before: state })
    return c.json({ id: keyId, deleted: true as const }, 200)
  })
}

type Row = z.infer<ReturnType<typeof providerKeySchema>>

/** A field of a key, whichever key of the provider it is. */
const fieldOf = (inEntry: string): string => inEntry.replace(/^keys\[\d+\]\.?/, '') || 'key'

/** Each replica keeps all of them in memory. */
const KEYS_MAX = 10_000

const addKey = async (
  deps: ControlPlaneDeps,
  id: string,
  fields: Fields,
): Promise<Result<ProviderKeyRecord, Refused>> => {
  let added = ''
  const changed = await changeObjects(deps, {
    kind: 'provider',
    id,
    fieldOf,
    decide: async (now) => {
      const provider = changeable(deps, now, 'provider', id)
      if (!provider.ok) return provider
      if (now.keys.length >= KEYS_MAX) return refused(fault('state-conflict', `There are ${KEYS_MAX} keys already.`))
      const taken = now.keys.filter(({ providerId }) => providerId === id).map((key) => key.id)
      const write = writeOfNewKey(deps, id, fields, taken)
      if (!write.ok) return write
      added = write.value.id
      return ok([write.value])
    },
  })
  return changed.ok ? keyIn(changed.value, id, added) : changed
}

const keyIn = ({ keys }: StoredObjects, providerId: string, id: string): Result<ProviderKeyRecord, Refused> => {
  const key = keys.find(isKey(providerId, id))
  return key ? ok(key) : refused(notFound('key', id, 'keyId'))
}

/** A key that may be changed here, at the version that is wanted. */
const changeableKey = (
  deps: ControlPlaneDeps,
  now: StoredObjects,
  providerId: string,
  id: string,
  version: number | undefined,
): Result<ProviderKeyRecord, Refused> => {
  const provider = changeable(deps, now, 'provider', providerId)
  if (!provider.ok) return provider
  const key = keyIn(now, providerId, id)
  const other = key.ok ? otherVersion(`The key ${id} of ${providerId}`, key.value, version) : undefined
  return other ? err({ error: other, mistakes: [] }) : key
}

const changeKey = async (
  deps: ControlPlaneDeps,
  providerId: string,
  id: string,
  { key, ...fields }: Fields,
  version: number | undefined,
): Promise<Result<ProviderKeyRecord, Refused>> => {
  const changed = await changeObjects(deps, {
    kind: 'provider',
    id: providerId,
    fieldOf,
    decide: async (now) => {
      const found = changeableKey(deps, now, providerId, id, version)
      if (!found.ok) return found
      const { secretId, sealed: before, last4 } = found.value
      const secret =
        key === undefined ? ok({ secretId, sealed: before, last4 }) : sealed(deps, providerId, id, String(key))
      if (!secret.ok) return secret
      const body = mergePatch(found.value.body, fields) as Fields
      return ok([{ act: 'put-key', providerId, id, body, ...secret.value }])
    },
  })
  return changed.ok ? keyIn(changed.value, providerId, id) : changed
}

const removeKey = (deps: ControlPlaneDeps, providerId: string, id: string, version: number | undefined) =>
  changeObjects(deps, {
    kind: 'provider',
    id: providerId,
    decide: async (now) => {
      const found = changeableKey(deps, now, providerId, id, version)
      return found.ok ? ok([{ act: 'remove-key', providerId, id }]) : found
    },
  })

/** What is wrong with addresses of a provider, which may hold no credentials: they are stored as they are. */
export const checkAddresses = (fields: Fields): Result<unknown, Refused> => {
  const mistakes = ['base_url', 'proxy'].flatMap((field) => {
    const value = fields[field]
    const holds = typeof value === 'string' && /^\s*[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(value)
    return holds
      ? [{ field, issue: 'must hold no user or password: put one that does into the configuration file' }]
      : []
  })
  return mistakes.length === 0 ? ok(undefined) : err({ error: mistakesFault(mistakes), mistakes })
}
