import { type Kysely, type Selectable, sql } from 'kysely'
import { ONE } from '../../units.ts'
import { userAccountId } from '../account-ids.ts'
import { newId } from '../ids.ts'
import type { FirstTerms, MemberRecord, OrganisationRecord, Role } from '../people-types.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'
import { lowered } from '../words.ts'
import { recordChange } from './changes.ts'
import { endInvitationsOf } from './invitations.ts'
import { readPerson } from './people.ts'

/** The organisations of `Store`, and who belongs to them. */
export const memberQueries = (db: Kysely<Tables>, nowMs: () => number): Store['members'] => ({
  findOrganisation: (id) => findOrganisation(db, id),
  ofPerson: async (personId) => {
    const rows = await db
      .selectFrom('memberships')
      .innerJoin('users', 'users.id', 'memberships.user_id')
      .selectAll('users')
      .select('memberships.role')
      .where('memberships.person_id', '=', personId)
      .where('users.closed_at_ms', 'is', null)
      .orderBy('memberships.created_at_ms')
      .orderBy('memberships.user_id')
      .execute()
    return rows.map((row) => ({ organisation: readOrganisation(row), role: row.role as Role }))
  },
  roleOf: (userId, personId) => roleOf(db, userId, personId),
  list: (userId) => listMembers(db, userId),
  create: (name, ownerId, terms, ownedMax) =>
    db.transaction().execute(async (transaction) => {
      await lockPerson(transaction, ownerId)
      if ((await countOwned(transaction, ownerId)) >= ownedMax) return undefined
      const id = await insertOrganisation(transaction, { name, terms, email: undefined }, nowMs())
      await insertMember(transaction, id, ownerId, 'owner', nowMs())
      return found(await findOrganisation(transaction, id))
    }),
  own: (personId, adopt, terms) => ownOf(db, personId, adopt, terms, nowMs()),
  rename: async (userId, name) => {
    await db.updateTable('users').set({ name }).where('id', '=', userId).execute()
    return findOrganisation(db, userId)
  },
  close: (userId) => close(db, userId, nowMs()),
  set: (userId, personId, role) =>
    keepingAnOwner(db, userId, personId, role, async (transaction) => {
      const set = transaction.updateTable('memberships').set({ role })
      const { numUpdatedRows } = await set
        .where('user_id', '=', userId)
        .where('person_id', '=', personId)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) await insertMember(transaction, userId, personId, role, nowMs())
      await endInvitationsOf(transaction, personId, { userId })
    }),
  remove: (userId, personId) =>
    keepingAnOwner(db, userId, personId, undefined, async (transaction) => {
      const gone = transaction.deleteFrom('memberships').where('user_id', '=', userId)
      await gone.where('person_id', '=', personId).execute()
      await endInvitationsOf(transaction, personId, { userId })
    }),
})

type Open = Kysely<Tables>

/** Addresses nobody has, by RFC 2606: an organisation that was made later has none of its own. */
const NO_ADDRESS = '@organisations.invalid'

const findOrganisation = async (db: Open, id: string): Promise<OrganisationRecord | undefined> => {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', id)
    .where('closed_at_ms', 'is', null)
    .executeTakeFirst()
  return row && readOrganisation(row)
}

const roleOf = async (db: Open, userId: string, personId: string): Promise<Role | undefined> => {
  const row = await db
    .selectFrom('memberships')
    .select('role')
    .where('user_id', '=', userId)
    .where('person_id', '=', personId)
    .executeTakeFirst()
  return row?.role as Role | undefined
}

/** More than any screen shows, and than any organisation has been seen to have. */
const MEMBERS_MAX = 5_000

const listMembers = async (db: Open, userId: string): Promise<readonly MemberRecord[]> => {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .selectAll('people')
    .select(['memberships.role', 'memberships.created_at_ms as since_ms'])
    .where('memberships.user_id', '=', userId)
    .orderBy('memberships.created_at_ms')
    .orderBy('people.id')
    .limit(MEMBERS_MAX)
    .execute()
  return rows.map((row) => ({ person: readPerson(row), role: row.role as Role, sinceMs: Number(row.since_ms) }))
}

interface NewOrganisation {
  readonly name: string
  readonly email: string | undefined
  readonly terms: FirstTerms
}

/** With its account, as the admin API makes users. */
const insertOrganisation = async (db: Open, { name, email, terms }: NewOrganisation, atMs: number): Promise<string> => {
  const id = newId('user_', atMs)
  await db
    .insertInto('users')
    .values({
      id,
      email: email ?? `${id}${NO_ADDRESS}`,
      plan: terms.plan,
      rate_multiplier_ppm: ONE,
      created_at_ms: atMs,
      name,
    })
    .execute()
  await db
    .insertInto('accounts')
    .values({ id: userAccountId(id), kind: 'user', user_id: id, overdraft_nano: 0n })
    .execute()
  return id
}

const insertMember = async (db: Open, userId: string, personId: string, role: Role, atMs: number): Promise<void> => {
  const row = { user_id: userId, person_id: personId, role, created_at_ms: atMs }
  await db.insertInto('memberships').values(row).execute()
}

/** Locks the row, where the database lets others go on. */
const lockPerson = async (db: Open, personId: string): Promise<void> => {
  const locked = db.updateTable('people').set((row) => ({ own_user_id: row.ref('own_user_id') }))
  await locked.where('id', '=', personId).execute()
}

const countOwned = async (db: Open, personId: string): Promise<number> => {
  const counted = db.selectFrom('memberships').select((one) => one.fn.countAll().as('count'))
  const row = await counted.where('person_id', '=', personId).where('role', '=', 'owner').executeTakeFirst()
  return Number(row?.count ?? 0)
}

const ownOf = async (
  db: Open,
  personId: string,
  adopt: boolean,
  terms: FirstTerms,
  atMs: number,
): ReturnType<Store['members']['own']> =>
  db.transaction().execute(async (transaction) => {
    // Of two sign-ins at once, one makes the organisation.
    await lockPerson(transaction, personId)
    const person = await transaction.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirst()
    if (!person) return undefined
    if (person.own_user_id !== null) return { userId: person.own_user_id, made: false }
    const holder = await transaction
      .selectFrom('users')
      .selectAll()
      .where(sql`lower(email)`, '=', lowered(person.email))
      .executeTakeFirst()
    const isFree = holder && adopt && holder.closed_at_ms === null && !(await hasMembers(transaction, holder.id))
    const email = holder ? undefined : person.email
    const userId = isFree ? holder.id : await insertOrganisation(transaction, { name: person.name, email, terms }, atMs)
    if (isFree && holder.name === null)
      await transaction.updateTable('users').set({ name: person.name }).where('id', '=', userId).execute()
    await insertMember(transaction, userId, personId, 'owner', atMs)
    await transaction.updateTable('people').set({ own_user_id: userId }).where('id', '=', personId).execute()
    if (!isFree && terms.owed) {
      const { prefix, value } = terms.owed
      await transaction
        .insertInto('settings')
        .values({ name: `${prefix}${userId}`, value })
        .execute()
    }
    return { userId, made: !isFree }
  })

const hasMembers = async (db: Open, userId: string): Promise<boolean> =>
  (await db.selectFrom('memberships').select('person_id').where('user_id', '=', userId).executeTakeFirst()) !==
  undefined

const close = (db: Open, userId: string, atMs: number): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    await transaction.updateTable('users').set({ closed_at_ms: atMs }).where('id', '=', userId).execute()
    const revoked = transaction.updateTable('keys').set({ revoked_at_ms: atMs })
    await revoked.where('user_id', '=', userId).where('revoked_at_ms', 'is', null).execute()
    await transaction.deleteFrom('memberships').where('user_id', '=', userId).execute()
    await transaction.deleteFrom('invitations').where('user_id', '=', userId).execute()
    await transaction.deleteFrom('payloads').where('user_id', '=', userId).execute()
    await recordChange(transaction, 'user', userId, atMs)
  })

/** An organisation without an owner could be neither given away nor ended. */
const keepingAnOwner = (
  db: Open,
  userId: string,
  personId: string,
  role: Role | undefined,
  change: (transaction: Open) => Promise<void>,
): Promise<'done' | 'last-owner'> =>
  db.transaction().execute(async (transaction) => {
    // Locks the organisation: two owners who leave at once would both find the other.
    const locked = transaction.updateTable('users').set((row) => ({ name: row.ref('name') }))
    await locked.where('id', '=', userId).execute()
    const owners = await transaction
      .selectFrom('memberships')
      .select('person_id')
      .where('user_id', '=', userId)
      .where('role', '=', 'owner')
      .execute()
    const [only, ...others] = owners
    if (role !== 'owner' && only?.person_id === personId && others.length === 0) return 'last-owner'
    await change(transaction)
    return 'done'
  })

const readOrganisation = (row: Selectable<Tables['users']>): OrganisationRecord => ({
  id: row.id,
  name: row.name ?? row.email,
  email: row.email,
  plan: row.plan,
  createdAtMs: Number(row.created_at_ms),
})

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('what was just written is not there')
  return value
}
