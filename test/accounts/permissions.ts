/// What members of each role may do to an organisation, call by call: the other side of `src/http/admin/caller.ts`.

export const ROLES = ['owner', 'admin', 'developer', 'billing', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const EVERYONE: readonly Role[] = ROLES
const KEYS: readonly Role[] = ['owner', 'admin', 'developer']
const MONEY: readonly Role[] = ['owner', 'admin', 'billing']
const HEADS: readonly Role[] = ['owner', 'admin']

/** A call that changes something: who may, and a body that is right. What is not named here fails the tests. */
export const CHANGES: Readonly<Record<string, readonly [roles: readonly Role[], body?: object]>> = {
  'POST /api/me/plan': [MONEY, { plan: 'nothing', idempotency_key: 'k' }],
  'POST /api/me/redeem': [MONEY, { code: 'TG-AAAA-BBBB-CCCC-DDDD' }],
  'POST /api/me/keys': [KEYS, { name: 'a key' }],
  'PATCH /api/me/keys/{id}': [KEYS, { name: 'a key' }],
  'DELETE /api/me/keys/{id}': [KEYS],
  'POST /api/me/keys/{id}/rotate': [KEYS, {}],
  'POST /api/me/projects': [KEYS, { name: 'a project' }],
  'PATCH /api/me/projects/{id}': [KEYS, { name: 'a project' }],
  'DELETE /api/me/projects/{id}': [KEYS],
  'POST /api/organisations': [EVERYONE, { name: 'Another' }],
  'PATCH /api/organisations/{id}': [HEADS, { name: 'Analytical Engines' }],
  'DELETE /api/organisations/{id}': [['owner']],
  'PATCH /api/organisations/{id}/members/{person_id}': [HEADS, { role: 'viewer' }],
  'DELETE /api/organisations/{id}/members/{person_id}': [HEADS],
  'POST /api/organisations/{id}/invitations': [HEADS, { role: 'viewer' }],
  'DELETE /api/organisations/{id}/invitations/{invitation_id}': [HEADS],
}

/** What only some see. */
export const LOOKS: Readonly<Record<string, readonly Role[]>> = {
  'GET /api/organisations/{id}/invitations': HEADS,
  'GET /api/organisations/{id}/audit-log': HEADS,
  'GET /api/me/requests/{request_id}/payload': KEYS,
}
