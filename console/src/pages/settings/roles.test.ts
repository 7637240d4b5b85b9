import { expect, test } from 'bun:test'
import { refusalFor } from './roles.ts'

test.each([
  ['a viewer', 'viewer', false, 'developer', 2, 'members'],
  ['an admin', 'admin', true, 'developer', 1, undefined],
  ['an admin', 'admin', true, 'owner', 2, 'owners'],
  ['an owner', 'owner', true, 'owner', 2, undefined],
  ['an owner', 'owner', true, 'owner', 1, 'last-owner'],
] as const)('%s (%s, may change members: %p) and one who is %s among %d owners: %p', (...row) => {
  const [, role, mayMembers, other, owners, refusal] = row
  expect(refusalFor({ role: other }, { role, mayMembers, owners })).toBe(refusal)
})
