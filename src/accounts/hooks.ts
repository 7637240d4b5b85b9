import { APIError } from 'better-auth/api'
import { INVITATION_HEADER } from './headers.ts'
import { invitationFor } from './invitations.ts'
import { REFUSALS } from './refusals.ts'
import type { AccountsParts } from './types.ts'

/// What is done where the sign-in library writes rows.

interface Written {
  readonly id: string
  readonly email: string
  readonly emailVerified: boolean
}

interface Context {
  readonly headers?: Headers | undefined
  readonly request?: Request | undefined
}

const tokenIn = (context: unknown): string | undefined => {
  const { headers, request } = (context ?? {}) as Context
  return (headers ?? request?.headers)?.get(INVITATION_HEADER) ?? undefined
}

/** Guards who comes into being, keeps no tokens of other places, and gives everybody who signs in an organisation. */
export const hooksOf = (parts: AccountsParts) => ({
  user: {
    create: {
      before: async (user: object, context: unknown) => {
        const { email, emailVerified } = user as Written
        const found = await invitationFor(parts, email, tokenIn(context), emailVerified)
        if (!found.ok) throw new APIError('FORBIDDEN', REFUSALS[found.error])
      },
      after: async (user: object, context: unknown) => {
        const { id, email, emailVerified } = user as Written
        const found = await invitationFor(parts, email, tokenIn(context), emailVerified)
        const isTaken = found.ok && found.value && !(await parts.store.invitations.claim(found.value.id, id))
        if (found.ok && !isTaken) return
        // Two signed up with one invitation at once: one of them did.
        await parts.store.people.remove(id)
        throw new APIError('FORBIDDEN', REFUSALS['not-invited'])
      },
    },
  },
  account: {
    create: {
      before: async (account: object) => ({
        data: {
          ...account,
          accessToken: null,
          refreshToken: null,
          idToken: null,
          accessTokenExpiresAt: null,
          refreshTokenExpiresAt: null,
        },
      }),
    },
  },
  session: {
    create: {
      before: async (session: object) => {
        const { userId } = session as { readonly userId: string }
        const person = await parts.store.people.find(userId)
        if (person && !person.disabled) return
        // As for a wrong password: nobody learns who was shut out.
        throw new APIError('UNAUTHORIZED', WRONG)
      },
      after: async (session: object) => {
        const { userId } = session as { readonly userId: string }
        await ownOrganisation(parts, userId)
      },
    },
  },
})

/** Makes the organisation of whoever signs in for the first time. */
const ownOrganisation = async ({ store, terms, welcome }: AccountsParts, personId: string): Promise<void> => {
  const person = await store.people.find(personId)
  if (!person) return
  const own = await store.members.own(personId, person.emailVerified, terms())
  if (own?.made) await welcome(own.userId)
}

const WRONG = { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' }
