/** Why somebody may not sign up, as they are told. */
export const REFUSALS = {
  closed: { code: 'SIGN_UP_CLOSED', message: 'Nobody can sign up here. Ask the operator for an account.' },
  'not-invited': {
    code: 'NOT_INVITED',
    message: 'Sign up with the link of an invitation to this address. Ask the operator, or a colleague, for one.',
  },
} as const

/** What to do next, in place of the library's words for these refusals, which do not say it. */
export const WORDS: Readonly<Record<string, string>> = {
  email_not_verified:
    'Your address is not confirmed yet. Open the link in the message that was just sent to it, then sign in.',
  invalid_token: 'This link is not valid any more. Ask for another.',
  token_expired: 'This link is too old. Ask for another.',
}
