import type { ParsedConfig } from './schema.ts'

/** What people who sign in would stumble over. */
export const accountWarnings = ({
  accounts,
  mail,
  publicUrl,
}: Pick<ParsedConfig, 'accounts' | 'mail' | 'publicUrl'>): readonly string[] => {
  const warnings: string[] = []
  if (mail.smtpUrl !== null && mail.from === null)
    warnings.push('mail.smtp_url is set, and mail.from is not: no message is sent.')
  const isSent = mail.smtpUrl !== null && mail.from !== null
  if (accounts.signUp === 'open' && !isSent)
    warnings.push('accounts.sign_up is open, and no mail is configured: addresses of people are not proven.')
  if ((isSent || accounts.oidc.length > 0) && publicUrl === null)
    warnings.push('public_url is not set: links in messages and sign-ins lead to the address that is listened on.')
  const ids = accounts.oidc.map(({ id }) => id)
  if (new Set(ids).size < ids.length) warnings.push('Two entries of accounts.oidc have the same id: the first counts.')
  return warnings
}
