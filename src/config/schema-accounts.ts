import { z } from 'zod'
import {
  address,
  choice,
  defaulted,
  duration,
  listOf,
  optional,
  required,
  type Scalar,
  section,
  text,
  usd,
  whole,
} from './fields.ts'

/** A name that stands in an address. */
const place: Scalar<string> = {
  schema: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  label: 'name',
  type: 'a name of small letters, digits and `-`, at most 32 of them',
}

const oidc = section(
  {
    id: required(place, 'A short name, which is part of the address that the provider sends people back to.'),
    name: required(text('a name'), 'What the button says.'),
    issuer: required(address, "The provider's address, below which `/.well-known/openid-configuration` is found."),
    client_id: required(text('a client id'), 'As whom Tollgate is registered there.'),
    client_secret: optional(text('a secret', true), 'What Tollgate proves that with.'),
  },
  'A place that vouches for people by OpenID Connect.',
)

const signIn = section(
  {
    per_address: defaulted(whole(1), '30', 'Attempts from one address in any sixty seconds, whatever becomes of them.'),
    per_account: defaulted(whole(1), '10', 'Attempts to sign in as one person in any sixty seconds.'),
    hashes_at_once: defaulted(whole(1, 64), '2', 'Passwords that are checked at the same time. Each takes 19 MiB.'),
    hashes_waiting: defaulted(whole(0, 10_000), '100', 'Passwords that wait to be checked. More are refused with 503.'),
  },
  'How often people may try to sign in.',
)

export const accounts = section(
  {
    sign_up: defaulted(
      choice(['open', 'invited', 'closed']),
      'invited',
      'Who may open an account: anyone, whoever was invited, or nobody.',
    ),
    starting_credit_usd: defaulted(usd, '"0"', 'What a new organisation is given.'),
    plan: optional(text('a plan'), 'The plan that a new organisation gets.'),
    session: defaulted(duration, '7d', 'How long somebody stays signed in who does nothing.'),
    operator_session: defaulted(
      duration,
      '12h',
      'How long the admin key is remembered by a browser it was entered in.',
    ),
    invitation: defaulted(duration, '7d', 'How long an invitation can be accepted.'),
    reset_link: defaulted(duration, '1h', 'How long a link to a new password, or one that proves an address, counts.'),
    sign_in: signIn,
    oidc: listOf(oidc, [], 'Other places where people may sign in.'),
  },
  'People who sign in to the console. See [accounts](accounts.md).',
)

export const mail = section(
  {
    from: optional(text('an e-mail address'), 'Who messages are from, such as `Tollgate <tollgate@example.com>`.'),
    smtp_url: optional(
      text('an address that starts with `smtp://` or `smtps://`', true),
      'Where they are handed in: `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. `null`: none is sent.',
    ),
    queue: defaulted(whole(1, 100_000), '1000', 'Messages that wait to be sent. More are dropped, and it is logged.'),
  },
  'Messages to people.',
)
