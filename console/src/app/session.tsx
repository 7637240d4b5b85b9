import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { call, callAs, callBy, watchSignedOut } from '../api/client.ts'
import type { ApiError } from '../api/error.ts'

export type Role = 'owner' | 'admin' | 'developer' | 'billing' | 'viewer'

export interface Person {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly email_verified: boolean
  readonly two_factor: boolean
  readonly administrator: boolean
}

export interface Organisation {
  readonly id: string
  readonly name: string
  readonly role: Role
}

/** Who is looking, as `GET /api/session` says. */
export interface SessionFacts {
  readonly person: Person | null
  /** Which of the sessions that are listed this one is. */
  readonly session_id: string | null
  /** Came in with the admin key. */
  readonly operator: boolean
  readonly impersonating: { readonly user_id: string; readonly email: string; readonly name: string } | null
  readonly organisations: readonly Organisation[]
  readonly sign_up: 'open' | 'invited' | 'closed'
  /** Whether this server sends mail. */
  readonly mail: boolean
  readonly oidc: readonly { readonly id: string; readonly name: string }[]
  readonly version: string
  readonly public_url: string
}

export type Permission = 'read' | 'keys' | 'billing' | 'members' | 'organisation'

const PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: ['read', 'keys', 'billing', 'members', 'organisation'],
  admin: ['read', 'keys', 'billing', 'members', 'organisation'],
  developer: ['read', 'keys'],
  billing: ['read', 'billing'],
  viewer: ['read'],
}

export interface Session extends SessionFacts {
  /** `waiting`: not asked yet; `unknown`: the server could not be asked, and every call is left to say so. */
  readonly state: 'waiting' | 'known' | 'unknown'
  readonly organisation: Organisation | undefined
  readonly isSignedIn: boolean
  readonly isAdministrator: boolean
  /** Whether the role in the organisation allows it. Shown or hidden by this; refused by the server alone. */
  readonly may: (permission: Permission) => boolean
  readonly chooseOrganisation: (id: string) => void
  /** Asks again who is looking, after signing in or out. */
  readonly refresh: () => Promise<void>
}

const NOBODY: SessionFacts = {
  person: null,
  session_id: null,
  operator: false,
  impersonating: null,
  organisations: [],
  sign_up: 'closed',
  mail: false,
  oidc: [],
  version: '',
  public_url: location.origin,
}

/** The organisation that an administrator looks at through somebody's eyes: every call is about it, whatever they chose. */
const viewedBy = ({ impersonating }: SessionFacts): Organisation | undefined =>
  impersonating ? { id: impersonating.user_id, name: impersonating.name, role: 'viewer' } : undefined

const SessionContext = createContext<Session | undefined>(undefined)
const STORED = 'tollgate.organisation'
const KEY = ['session']

export const SessionProvider = ({ children }: { readonly children: ReactNode }) => {
  const client = useQueryClient()
  const asked = useQuery<SessionFacts, ApiError>({
    queryKey: KEY,
    queryFn: ({ signal }) => call('get', '/api/session', { signal }),
    staleTime: 60_000,
  })
  const [wanted, setWanted] = useState(() => localStorage.getItem(STORED))
  useEffect(() => watchSignedOut(() => void client.invalidateQueries({ queryKey: KEY })), [client])

  const refresh = useCallback(async () => {
    await client.invalidateQueries({ queryKey: KEY })
    // What the last one could see is not for the next one's eyes.
    client.removeQueries({ queryKey: ['api'], type: 'inactive' })
    await client.invalidateQueries({ queryKey: ['api'] })
  }, [client])

  const chooseOrganisation = useCallback((id: string) => {
    localStorage.setItem(STORED, id)
    setWanted(id)
  }, [])

  const session = useMemo((): Session => {
    const facts = { ...NOBODY, ...asked.data }
    const organisation =
      viewedBy(facts) ?? facts.organisations.find(({ id }) => id === wanted) ?? facts.organisations[0]
    callAs(organisation?.id)
    callBy(facts.person?.id)
    return {
      ...facts,
      state: asked.data ? 'known' : asked.isError ? 'unknown' : 'waiting',
      organisation,
      isSignedIn: facts.person !== null || facts.operator,
      isAdministrator: facts.operator || facts.person?.administrator === true,
      may: (permission) =>
        asked.isError ||
        (organisation !== undefined &&
          (facts.impersonating === null || permission === 'read') &&
          PERMISSIONS[organisation.role].includes(permission)),
      chooseOrganisation,
      refresh,
    }
  }, [asked.data, asked.isError, wanted, chooseOrganisation, refresh])

  return <SessionContext value={session}>{children}</SessionContext>
}

/** Who is looking. */
export const useSession = (): Session => {
  const session = use(SessionContext)
  if (!session) throw new Error('useSession outside of SessionProvider')
  return session
}
