import type { Listing, NewUser, Page } from './types.ts'

/** What members of an organisation may be, the mightiest first. */
export const ROLES = ['owner', 'admin', 'developer', 'billing', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** Somebody who signs in. */
export interface PersonRecord {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly emailVerified: boolean
  readonly twoFactor: boolean
  /** May do all that the admin key may. */
  readonly administrator: boolean
  /** Can sign in no more. */
  readonly disabled: boolean
  readonly createdAtMs: number
}

/** A session that has not run out, of a person who is not disabled. */
export interface SessionRecord {
  readonly id: string
  readonly person: PersonRecord
  readonly updatedAtMs: number
  readonly expiresAtMs: number
}

export type AddressChange = 'done' | 'taken' | 'none'

/** A session as it is shown: whoever sees it cannot use it. */
export interface OpenSession {
  readonly id: string
  readonly address: string | null
  readonly userAgent: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly expiresAtMs: number
}

/** What was opened with the admin key (`operator`), or an organisation that somebody looks at (`view`). */
export interface OperatorSession {
  readonly kind: 'operator' | 'view'
  readonly actor: string
  readonly userId: string | null
  readonly proof: string | null
  readonly expiresAtMs: number
}

export interface PeopleStore {
  find(id: string): Promise<PersonRecord | undefined>
  findByEmail(email: string): Promise<PersonRecord | undefined>
  /** Newest first. `search`: a part of the address or the name. */
  list(filter: { readonly search?: string | undefined }, page: Page): Promise<Listing<PersonRecord>>
  /** Whoever is disabled is signed out everywhere at once. What they handed out ends with the right to. */
  update(
    id: string,
    changes: Partial<Pick<PersonRecord, 'administrator' | 'disabled' | 'emailVerified'>>,
  ): Promise<PersonRecord | undefined>
  /** Takes back a sign-up. */
  remove(id: string): Promise<void>
  /**
   * Takes back the sign-up of an address that nobody has proven or signed in with, so that whoever signs up next decides the
   * password. Says whether there was one.
   */
  removeUnproven(email: string): Promise<boolean>
  findSession(token: string): Promise<SessionRecord | undefined>
  /** Lets a session that is used go on. */
  extendSession(id: string, expiresAtMs: number): Promise<void>
  openOperatorSession(tokenHash: string, session: OperatorSession): Promise<void>
  findOperatorSession(tokenHash: string): Promise<OperatorSession | undefined>
  closeOperatorSession(tokenHash: string): Promise<void>
  /** Keeps a link that lets its holder set a new password, and ends others. `madeBy`: the administrator, if a person. */
  keepReset(identifier: string, personId: string, expiresAtMs: number, madeBy: string | null): Promise<void>
  /** Ends the links to a new password that a person has, but one. */
  endResets(personId: string, except: string): Promise<void>
  /** Ends all that was to prove who a person is: links, half a sign-in, browsers that are asked no second factor. */
  endProofs(personId: string): Promise<void>
  /** Keeps a link that confirms a new address of somebody, and ends others of the kind. */
  keepAddress(identifier: string, personId: string, expiresAtMs: number): Promise<void>
  /** Uses it: the address is theirs now, and proven. `none`: it counts no more; `taken`: another person has the address. */
  takeAddress(identifier: string, personId: string, email: string): Promise<AddressChange>
  /** Gives somebody another address. Links that were sent to the one before end. */
  changeAddress(personId: string, email: string, isProven: boolean): Promise<AddressChange>
  /** The hash of a password; nothing where somebody signs in elsewhere alone. */
  passwordOf(personId: string): Promise<string | undefined>
  /** Takes a way of signing in away. `last`: none of `usable` would be left; `none`: there is no such way. */
  unlink(personId: string, placeId: string, usable: readonly string[]): Promise<'done' | 'last' | 'none'>
  /** Asks for no second factor any more, until another is set up. */
  resetSecondFactor(personId: string): Promise<void>
  /** Those that go on, used last first. */
  sessionsOf(personId: string): Promise<readonly OpenSession[]>
  /** Ends one, or all; says how many. */
  endSessions(personId: string, id?: string): Promise<number>
  /** Deletes what has run out; says how many rows. */
  sweep(): Promise<number>
}

/** What a user of the admin API is to people who belong to it. */
export interface OrganisationRecord {
  readonly id: string
  readonly name: string
  /** Where it gets its messages; of one that was made later an address that nobody has. */
  readonly email: string
  readonly plan: string | null
  readonly createdAtMs: number
}

export interface MembershipRecord {
  readonly organisation: OrganisationRecord
  readonly role: Role
}

export interface MemberRecord {
  readonly person: PersonRecord
  readonly role: Role
  readonly sinceMs: number
}

/** What an organisation begins with. */
export interface FirstTerms extends Pick<NewUser, 'plan'> {
  /** A setting that is written with it, or not at all: what is still to be done for it. Its name ends with the id. */
  readonly owed?: { readonly prefix: string; readonly value: string } | undefined
}

export interface MemberStore {
  findOrganisation(id: string): Promise<OrganisationRecord | undefined>
  /** The organisations of a person, the oldest membership first; none that was closed. */
  ofPerson(personId: string): Promise<readonly MembershipRecord[]>
  roleOf(userId: string, personId: string): Promise<Role | undefined>
  list(userId: string): Promise<readonly MemberRecord[]>
  /** Makes an organisation with its first owner. Nothing: they own as many as they may. */
  create(name: string, ownerId: string, terms: FirstTerms, ownedMax: number): Promise<OrganisationRecord | undefined>
  /**
   * The organisation of a person's own, made where there is none; `made` says whether it was made now. Where `adopt` and an account
   * of that address has no members, it is taken over: an operator opened it for this person.
   */
  own(
    personId: string,
    adopt: boolean,
    terms: FirstTerms,
  ): Promise<{ readonly userId: string; readonly made: boolean } | undefined>
  rename(userId: string, name: string): Promise<OrganisationRecord | undefined>
  /** Ends it: its keys are revoked, nobody is a member any more. */
  close(userId: string): Promise<void>
  /** Adds a member, or changes its role. `last-owner`: nothing was done, as none would be left. Invitations they may make no more end. */
  set(userId: string, personId: string, role: Role): Promise<'done' | 'last-owner'>
  remove(userId: string, personId: string): Promise<'done' | 'last-owner'>
}

export interface InvitationRecord {
  readonly id: string
  /** `null`: to make an account of one's own. */
  readonly userId: string | null
  readonly email: string | null
  readonly role: Role | null
  readonly invitedBy: string
  /** Who has to be allowed it still when it is accepted; `null`: the operator. */
  readonly inviterId: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly personId: string | null
  readonly acceptedAtMs: number | null
}

export type NewInvitation = Pick<
  InvitationRecord,
  'userId' | 'email' | 'role' | 'invitedBy' | 'inviterId' | 'expiresAtMs'
>

/** Those that are open, of the organisation; the others lately. */
export interface InvitationCounts {
  readonly open: number
  readonly byOrganisation: number
  readonly byInviter: number
  readonly toAddress: number
}

export interface InvitationStore {
  /**
   * Makes one, if `admits` what there is already says so: of many at once each sees those before it. Those that were withdrawn
   * since `sinceMs` count as well.
   */
  create(
    tokenHash: string,
    invitation: NewInvitation,
    sinceMs: number,
    admits: (counts: InvitationCounts) => boolean,
  ): Promise<{ readonly made: InvitationRecord | undefined; readonly counts: InvitationCounts }>
  /** Whatever has become of it. */
  find(tokenHash: string): Promise<InvitationRecord | undefined>
  /** Those that are open: not accepted, not run out. `null`: those to no organisation. Newest first. */
  list(userId: string | null, page: Page): Promise<Listing<InvitationRecord>>
  /** An open one for this address. */
  openFor(email: string): Promise<InvitationRecord | undefined>
  /** Takes it for whoever signs up. False: somebody has. */
  claim(id: string, personId: string): Promise<boolean>
  /** False: it was accepted already, or claimed by another. */
  accept(id: string, personId: string): Promise<boolean>
  /** Whether there was one to be withdrawn. */
  remove(userId: string | null, id: string): Promise<boolean>
}

/** Something that was done. */
export interface AuditEntry {
  readonly atMs: number
  readonly actor: string
  /** An address or a name, as it was then. */
  readonly actorName: string | null
  readonly address: string
  /** Whom it concerns. */
  readonly userId: string | null
  readonly action: string
  readonly subject: string | null
  /** JSON values. */
  readonly before: unknown
  readonly after: unknown
  readonly reason: string | null
  readonly requestId: string
}

export type AuditRecord = AuditEntry & { readonly id: string }

export interface AuditFilter {
  readonly userId?: string | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly subject?: string | undefined
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
}

export interface AuditStore {
  add(entry: AuditEntry): Promise<void>
  /** Newest first. */
  list(filter: AuditFilter, page: Page): Promise<Listing<AuditRecord>>
}
