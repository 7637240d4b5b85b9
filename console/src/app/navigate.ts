import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The address an account was asked for just before: not for the address bar. */
    readonly signedUpAs?: string
    /** The session ended while a page was open. */
    readonly hasEnded?: boolean
  }
}

/** A part of the path that the route names, as `id` of `/console/logs/$id`; `_splat` for the rest. */
export const useParam = (name: string): string => {
  const params: Record<string, string | undefined> = useParams({ strict: false })
  return params[name] ?? ''
}

/** The search of the address, where filters live so that a view can be linked to; a filter without a value is ''. */
export const useFilters = <Name extends string>(
  names: readonly Name[],
): readonly [Readonly<Record<Name, string>>, (changes: Partial<Record<Name, string>>) => void] => {
  const search: Record<string, string | undefined> = useSearch({ strict: false })
  const navigate = useNavigate()
  const filters = Object.fromEntries(names.map((name) => [name, search[name] ?? ''])) as Record<Name, string>
  const change = useCallback(
    (changes: Partial<Record<Name, string>>) =>
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => ({ ...before, ...changes }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )
  return [filters, change]
}

/** Where to go after signing in: a path of this site, whatever somebody wrote into the address. */
export const safeNext = (next: string | undefined, fallback = '/console'): string =>
  next !== undefined && /^\/(?![/\\])[^\\\s]*$/.test(next) ? next : fallback
