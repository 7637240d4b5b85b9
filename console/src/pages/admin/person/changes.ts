/** What is read again once something was done for somebody. */
export const CHANGES = ['/api/admin/people', '/api/admin/users', '/api/admin/audit-log'] as const
