import type { Message } from '../mail/mailer.ts'

/// Messages to people. Plain text: nothing in them is loaded from anywhere, and a link is what it says.

interface Addressee {
  readonly email: string
  readonly name: string
}

const LEAVE_IT = 'If you did not ask for this, do nothing: nothing changes.'

export const verificationMessage = (publicUrl: string, to: Addressee, token: string, url: string): Message => {
  const next = nextIn(url)
  const link = `${publicUrl}/verify?token=${encodeURIComponent(token)}${next ? `&next=${encodeURIComponent(next)}` : ''}`
  return {
    to: to.email,
    subject: 'Confirm your address for Tollgate',
    text: paragraphs(
      `Hello ${oneLine(to.name)},`,
      'open this link to confirm that this address is yours:',
      link,
      LEAVE_IT,
    ),
  }
}

export const resetMessage = (publicUrl: string, to: Addressee, token: string): Message => ({
  to: to.email,
  subject: 'A new password for Tollgate',
  text: paragraphs(
    `Hello ${oneLine(to.name)},`,
    'open this link to choose a new password. It counts once, and not for long:',
    `${publicUrl}/reset?token=${encodeURIComponent(token)}`,
    LEAVE_IT,
  ),
})

export const existingAccountMessage = (publicUrl: string, to: Addressee): Message => ({
  to: to.email,
  subject: 'You have a Tollgate account already',
  text: paragraphs(
    `Hello ${oneLine(to.name)},`,
    'somebody tried to sign up with this address, which has an account. If it was you, sign in instead:',
    `${publicUrl}/login`,
    `Have you forgotten the password? ${publicUrl}/forgot`,
    LEAVE_IT,
  ),
})

/** To a new address. Nobody but who asked for it can use the link. */
export const addressMessage = (publicUrl: string, by: Addressee, to: string, token: string): Message => ({
  to,
  subject: 'Confirm your new address for Tollgate',
  text: paragraphs(
    `Hello ${oneLine(by.name)},`,
    `open this link where you are signed in as ${address(by.email)}. From then on you sign in with this address instead:`,
    `${publicUrl}/verify?change=${encodeURIComponent(token)}`,
    LEAVE_IT,
  ),
})

/** To the address that somebody wanted who has another account. */
export const takenAddressMessage = (publicUrl: string, to: Addressee): Message => ({
  to: to.email,
  subject: 'This address has a Tollgate account already',
  text: paragraphs(
    `Hello ${oneLine(to.name)},`,
    'somebody wanted to give another account this address, which has one. Nothing was changed. If it was you, sign in:',
    `${publicUrl}/login`,
    LEAVE_IT,
  ),
})

/** A link to a new password that an administrator made. */
export const handedResetMessage = (publicUrl: string, to: Addressee, link: string): Message => ({
  to: to.email,
  subject: 'A new password for Tollgate',
  text: paragraphs(
    `Hello ${oneLine(to.name)},`,
    `whoever runs ${publicUrl} made a link for you to choose a new password. It counts once, and not for long:`,
    link,
    'If you expected nothing of the kind, do nothing: nothing changes.',
  ),
})

/** An administrator turned it off for somebody. */
export const secondFactorMessage = (publicUrl: string, to: Addressee): Message => ({
  to: to.email,
  subject: 'Your second factor for Tollgate was turned off',
  text: paragraphs(
    `Hello ${oneLine(to.name)},`,
    'whoever runs this server turned your second factor off: the password alone lets you in. Set up another:',
    `${publicUrl}/console/settings`,
    'If you did not ask for this, tell them at once.',
  ),
})

/** After a link was used, whoever made it. */
export const passwordMessage = (publicUrl: string, to: Addressee): Message => ({
  to: to.email,
  subject: 'Your password for Tollgate was changed',
  text: paragraphs(
    `Hello ${oneLine(to.name)},`,
    `your account at ${publicUrl} has a new password, set with a link. Everybody was signed out.`,
    'If it was not you, tell whoever runs it at once: they can give you the account back.',
  ),
})

/** To the address that somebody had. */
export const movedMessage = (publicUrl: string, before: Addressee, email: string): Message => ({
  to: before.email,
  subject: 'Your address for Tollgate was changed',
  text: paragraphs(
    `Hello ${oneLine(before.name)},`,
    `your account at ${publicUrl} has another address from now on: ${address(email)}. This one signs in no more.`,
    'If it was not you, tell whoever runs it at once: they can give you the account back.',
  ),
})

/** `organisation`: to what; `null`: to an account of one's own. */
export const invitationMessage = (
  to: string,
  link: string,
  invitedBy: string,
  organisation: string | null,
  days: number,
): Message => ({
  to,
  subject: organisation === null ? 'You are invited to Tollgate' : `You are invited to ${oneLine(organisation)}`,
  text: paragraphs(
    'Hello,',
    organisation === null
      ? `${address(invitedBy)} invites you to open an account:`
      : `${address(invitedBy)} invites you to ${oneLine(organisation)} on Tollgate:`,
    link,
    `The link counts for ${days} ${days === 1 ? 'day' : 'days'}. If you expected nothing of the kind, do nothing.`,
  ),
})

const paragraphs = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`

/** What people call themselves must not write lines, or links, into a message. */
const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/:\/\//g, ' ')
    // Programs that show messages make links of what only looks like one: `evil.example`.
    .replace(/[.\u3002\uff0e\uff61](?=\S)/g, '. ')
    .slice(0, 100)
    .trim()

/** Who invites is named by an address, which is theirs; whatever else it says is made harmless. */
const address = (text: string): string => (/^[\w.+-]+@[\w.-]+$/.test(text) ? text : oneLine(text))

/** Where to go on afterwards, if it is a page of ours other than the first. */
const nextIn = (url: string): string | undefined => {
  const next = new URL(url).searchParams.get('callbackURL') ?? ''
  return /^\/(?![/\\])[^\\\s]+$/.test(next) ? next : undefined
}
