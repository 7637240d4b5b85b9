import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AdministeredKind } from '../../config/administered.ts'
import type { Base } from '../../config/load.ts'
import type { CountUses, ObjectRecord, ObjectWrite, StoredObjects } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { audit } from './audit.ts'
import { changes } from './audit-changes.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { VERSION_FIELD, versionIn } from './object-schemas.ts'
import { isObject } from './object-writes.ts'
import {
  changeObjects,
  inFile,
  mergePatch,
  NAMES,
  otherVersion,
  type Refused,
  refused,
  type Shown,
  shownOf,
} from './objects.ts'
import { line, queryCount } from './fields.ts'
import { listingOf, PAGING } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound } from './routes.ts'

type Json = Record<string, unknown>
type Fields = Readonly<Record<string, unknown>>

/** Entries of a kind as the API has them. */
export interface ObjectKindSpec {
  readonly kind: AdministeredKind
  /** `channels`, under `/api/admin/`. */
  readonly path: string
  readonly tag: string
  /** In the description: `Channel`, `Channels`, `a channel`, `channels`, and one of them. */
  readonly type: string
  readonly plural: string
  readonly one: string
  readonly many: string
  readonly example: string
  readonly idField: z.ZodType<string>
  /** What a new one may have besides its id, and what of it may be changed. */
  readonly fields: Readonly<Record<string, z.ZodType>>
  readonly newFields?: Readonly<Record<string, z.ZodType>>
  readonly schema: z.ZodType<Json>
  readonly render: (shown: Shown, whole: Whole) => Json | Promise<Json>
  /** The body to store of fields that were sent, on top of what there is; by default they are merged. */
  readonly bodyOf?: (fields: Fields, before: unknown) => unknown
  /** What is wrong with fields before the whole is looked at. */
  readonly check?: (fields: Fields) => Result<unknown, Refused>
  readonly fieldOf?: (field: string) => string
  /** What goes with a new one; of a provider, its keys. */
  readonly writesOf?: (id: string, fields: Fields) => Result<readonly ObjectWrite[], Refused>
  readonly mayRemove?: (id: string, countUses: CountUses) => Promise<Result<unknown, Refused>>
  readonly notes?: { readonly create?: string; readonly remove?: string; readonly list?: string }
}

export interface Whole {
  readonly base: Base
  readonly stored: StoredObjects
}

/** Everything that is configured, as the database has it now. */
export const readWhole = async (deps: ControlPlaneDeps): Promise<Whole> => ({
  base: deps.administration.base(),
  stored: await deps.store.objects.read(),
})

const COUNTS =
  'It counts here at once and on every other replica within two seconds, for requests from then on; those under way are ' +
  'finished as they were begun.'

/** List, create, show, change and delete entries of a kind. */
export const registerObjects = (app: ControlPlaneApp, deps: ControlPlaneDeps, spec: ObjectKindSpec): void => {
  const routes = routesOf(spec)
  const { kind } = spec
  const reply = async (stored: StoredObjects, id: string): Promise<Result<Json, Refused>> => {
    const whole = { base: deps.administration.base(), stored }
    const shown = shownOf(whole.base, stored, kind).find((each) => each.id === id)
    return shown ? ok(await spec.render(shown, whole)) : refused(missing(spec, id))
  }
  const answered = async (c: Context<ControlPlaneEnv>, changed: Result<StoredObjects, Refused>, id: string) => {
    if (!changed.ok) return changed
    const shown = await reply(changed.value, id)
    if (shown.ok) tag(c, changed.value.objects.find(isObject(kind, id)))
    return shown
  }

  app.openapi(routes.list, async (c) => {
    const whole = await readWhole(deps)
    const { rows, nextCursor } = pageById(shownOf(whole.base, whole.stored, kind), c.req.valid('query'))
    return c.json(
      { data: await Promise.all(rows.map((each) => spec.render(each, whole))), next_cursor: nextCursor },
      200,
    )
  })

  app.openapi(routes.get, async (c) => {
    const { id } = c.req.valid('param')
    const { stored } = await readWhole(deps)
    const shown = await reply(stored, id)
    if (!shown.ok) return refuse(c, shown.error.error)
    tag(c, stored.objects.find(isObject(kind, id)))
    return c.json(shown.value, 200)
  })

  app.openapi(routes.create, async (c) => {
    const { id, ...fields } = c.req.valid('json') as Fields & { readonly id: string }
    const changed = await createObject({ ...deps, actor: actorOf(c) }, spec, id, fields)
    const created = await answered(c, changed, id)
    if (created.ok) await audit(deps, c, { action: `create${spec.type}`, subject: id, after: created.value })
    return created.ok ? c.json(created.value, 201) : refuse(c, created.error.error, created.error.mistakes)
  })

  app.openapi(routes.update, async (c) => {
    const { id } = c.req.valid('param')
    const { version, ...fields } = c.req.valid('json') as Fields
    const wanted = (version as number | undefined) ?? versionIn(c.req.header('if-match'))
    const before = await reply((await readWhole(deps)).stored, id)
    const changed = await updateObject({ ...deps, actor: actorOf(c) }, spec, id, fields, wanted)
    const updated = await answered(c, changed, id)
    const states = updated.ok ? changes(before.ok ? before.value : {}, updated.value) : {}
    if (updated.ok) await audit(deps, c, { action: `update${spec.type}`, subject: id, ...states })
    return updated.ok ? c.json(updated.value, 200) : refuse(c, updated.error.error, updated.error.mistakes)
  })

  app.openapi(routes.remove, async (c) => {
    const { id } = c.req.valid('param')
    const wanted = c.req.valid('query').version ?? versionIn(c.req.header('if-match'))
    const before = await reply((await readWhole(deps)).stored, id)
    const removed = await removeObject({ ...deps, actor: actorOf(c) }, spec, id, wanted)
    const state = before.ok ? before.value : undefined
    if (removed.ok) await audit(deps, c, { action: `delete${spec.type}`, subject: id, before: state })
    return removed.ok
      ? c.json({ id, deleted: true as const }, 200)
      : refuse(c, removed.error.error, removed.error.mistakes)
  })
}

/** As a header, for `If-Match`. */
const tag = (c: Context, record: ObjectRecord | undefined): void => {
  if (record) c.header('etag', `"${record.version}"`)
}

const missing = ({ kind }: Pick<ObjectKindSpec, 'kind'>, id: string) => notFound(NAMES[kind], id, 'id')

const createObject = (
  deps: ControlPlaneDeps,
  spec: ObjectKindSpec,
  id: string,
  fields: Fields,
): Promise<Result<StoredObjects, Refused>> => {
  const { kind, bodyOf = (sent) => mergePatch({}, sent) } = spec
  return changeObjects(deps, {
    kind,
    id,
    ...(spec.fieldOf && { fieldOf: spec.fieldOf }),
    decide: async (now) => {
      const taken = inFile(deps.administration.base(), kind, id)
      if (taken) return refused(taken)
      if (now.objects.some(isObject(kind, id))) {
        const message = `There is a ${NAMES[kind]} ${id} already. PATCH changes it.`
        return refused(fault('state-conflict', message, { param: 'id', issue: 'is taken' }))
      }
      if (now.objects.length >= OBJECTS_MAX) return refused(TOO_MANY)
      const checked = spec.check?.(fields) ?? ok(undefined)
      if (!checked.ok) return checked
      const own = Object.fromEntries(Object.entries(fields).filter(([name]) => name in spec.fields))
      const more = spec.writesOf?.(id, fields) ?? ok([])
      return more.ok ? ok([{ act: 'put' as const, kind, id, body: bodyOf(own, undefined) }, ...more.value]) : more
    },
  })
}

/** Each replica keeps all of them in memory, and checks them all with each change. */
const OBJECTS_MAX = 10_000
const TOO_MANY = fault('state-conflict', `There are ${OBJECTS_MAX} entries set through the API. Delete some first.`)

const updateObject = (
  deps: ControlPlaneDeps,
  spec: ObjectKindSpec,
  id: string,
  fields: Fields,
  version: number | undefined,
): Promise<Result<StoredObjects, Refused>> => {
  const { kind, bodyOf = (sent, before) => mergePatch(before, sent) } = spec
  return changeObjects(deps, {
    kind,
    id,
    ...(spec.fieldOf && { fieldOf: spec.fieldOf }),
    decide: async (now) => {
      const found = changeable(deps, now, kind, id, version)
      if (!found.ok) return found
      const checked = spec.check?.(fields) ?? ok(undefined)
      return checked.ok ? ok([{ act: 'put', kind, id, body: bodyOf(fields, found.value.body) }]) : checked
    },
  })
}

const removeObject = (
  deps: ControlPlaneDeps,
  { kind, mayRemove }: ObjectKindSpec,
  id: string,
  version: number | undefined,
): Promise<Result<StoredObjects, Refused>> =>
  changeObjects(deps, {
    kind,
    id,
    decide: async (now, countUses) => {
      const record = now.objects.find(isObject(kind, id))
      // What the file has taken over may go.
      if (!record) return changeable(deps, now, kind, id, version) as Result<never, Refused>
      const other = otherVersion(`The ${NAMES[kind]} ${id}`, record, version)
      if (other) return refused(other)
      const isFiles = inFile(deps.administration.base(), kind, id) !== undefined
      const may = isFiles ? ok(undefined) : ((await mayRemove?.(id, countUses)) ?? ok(undefined))
      return may.ok ? ok([{ act: 'remove', kind, id }]) : may
    },
  })

/** An entry that may be changed here, at the version that is wanted. */
export const changeable = (
  { administration }: Pick<ControlPlaneDeps, 'administration'>,
  now: StoredObjects,
  kind: AdministeredKind,
  id: string,
  version?: number,
): Result<ObjectRecord, Refused> => {
  const base = administration.base()
  const taken = inFile(base, kind, id)
  if (taken) return refused(taken)
  const record = now.objects.find(isObject(kind, id))
  if (!record) {
    const isThere = shownOf(base, now, kind).some((each) => each.id === id)
    const message = `The ${NAMES[kind]} ${id} is there by itself. POST one of that name in its place to say otherwise.`
    return refused(isThere ? fault('state-conflict', message) : missing({ kind }, id))
  }
  const other = otherVersion(`The ${NAMES[kind]} ${id}`, record, version)
  return other ? err({ error: other, mistakes: [] }) : ok(record)
}

const PAGE_DEFAULT = 50

/** A page of entries that are all at hand, by id. */
const pageById = (
  all: readonly Shown[],
  { cursor, limit = PAGE_DEFAULT }: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
) => {
  const after = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString()
  const rest = after === undefined ? all : all.filter(({ id }) => id > after)
  const rows = rest.slice(0, limit)
  const last = rows.at(-1)
  return { rows, nextCursor: rest.length > limit && last ? Buffer.from(last.id).toString('base64url') : null }
}

const IF_MATCH = z.object({
  'if-match': line(40).optional().openapi({ description: 'The `etag` of the state you read.', example: '"1"' }),
})

export const DeletedSchema = z
  .object({ id: z.string().openapi({ example: 'kiro-2' }), deleted: z.literal(true) })
  .openapi('Deleted')

const routesOf = (spec: ObjectKindSpec) => {
  const { path, type, plural, one, many, schema, fields, notes = {} } = spec
  const shared = { tags: [spec.tag], security: ADMIN_ONLY }
  const onOne = { ...shared, path: `/api/admin/${path}/{id}` }
  const params = z.object({ id: nameParam(spec.example) })
  const newSchema = z.strictObject({ id: spec.idField, ...fields, ...spec.newFields }).openapi(`New${type}`)
  const changesSchema = z.strictObject({ ...partial(fields), version: VERSION_FIELD }).openapi(`${type}Changes`)
  return {
    list: createRoute({
      ...shared,
      method: 'get',
      path: `/api/admin/${path}`,
      operationId: `list${plural}`,
      summary: `List ${many}, by id`,
      description: `Those of the configuration file and those that were set here. ${notes.list ?? ''}`.trim(),
      request: { query: z.strictObject(PAGING) },
      responses: { 200: answer(listingOf(schema), `A page of ${many}.`), ...failures(400) },
    }),
    get: createRoute({
      ...onOne,
      method: 'get',
      operationId: `get${type}`,
      summary: `Get ${one}`,
      request: { params },
      responses: { 200: answer(schema, 'As it is.'), ...failures(404) },
    }),
    create: createRoute({
      ...shared,
      method: 'post',
      path: `/api/admin/${path}`,
      operationId: `create${type}`,
      summary: `Create ${one}`,
      description: `The fields are those of the configuration file. ${notes.create ?? ''} ${COUNTS}`.replace('  ', ' '),
      request: { body: body(newSchema) },
      responses: { 201: answer(schema, 'As created.'), ...failures(400, 409, 413, 415) },
    }),
    update: createRoute({
      ...onOne,
      method: 'patch',
      operationId: `update${type}`,
      summary: `Change ${one}`,
      description:
        'Changes what is named and leaves the rest: null takes a field away, sections are gone into, lists are replaced. ' +
        `What the configuration file has is read-only. ${COUNTS}`,
      request: { params, headers: IF_MATCH, body: body(changesSchema) },
      responses: { 200: answer(schema, 'As changed.'), ...failures(400, 404, 409, 413, 415) },
    }),
    remove: createRoute({
      ...onOne,
      method: 'delete',
      operationId: `delete${type}`,
      summary: `Delete ${one}`,
      description: `A 409 while something refers to it. ${notes.remove ?? ''}`.trim(),
      request: {
        params,
        headers: IF_MATCH,
        query: z.strictObject({
          version: queryCount(1, 999_999_999).optional().openapi({ description: 'Of the state you read.' }),
        }),
      },
      responses: { 200: answer(DeletedSchema, 'It is gone.'), ...failures(400, 404, 409) },
    }),
  }
}

/** Names of models may have letters of any alphabet, which are encoded in a path. */
const nameParam = (example: string) =>
  example.includes('/')
    ? z
        .string()
        .regex(/^[^\p{Cc}\s]{1,200}$/u)
        .openapi({ description: 'A slash in it written %2F.', example })
    : idParam(example)

const partial = (fields: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.optional()]))
