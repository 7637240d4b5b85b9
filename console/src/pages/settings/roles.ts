import type { Role } from '../../app/session.tsx'

/** What members can be, the mightiest first. */
export const ROLES = ['owner', 'admin', 'developer', 'billing', 'viewer'] as const satisfies readonly Role[]

/** The role of this name; the least one for a name that is not known here. */
export const roleNamed = (name: string): Role => ROLES.find((role) => role === name) ?? 'viewer'

/** Why somebody may not change what a member is, or take them out; `undefined`: they may. */
export type Refusal = 'members' | 'owners' | 'last-owner'

export interface Acting {
  /** What whoever acts is. */
  readonly role: Role
  readonly mayMembers: boolean
  /** How many owners there are. */
  readonly owners: number
}

/** Owners alone touch owners, and one of them stays. */
export const refusalFor = (member: { readonly role: string }, { role, mayMembers, owners }: Acting) => {
  if (!mayMembers) return 'members' satisfies Refusal
  if (member.role !== 'owner') return undefined
  if (role !== 'owner') return 'owners' satisfies Refusal
  return owners <= 1 ? ('last-owner' satisfies Refusal) : undefined
}
