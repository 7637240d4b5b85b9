import { useMemo } from 'react'
import { useApi } from './hooks.ts'

interface Named {
  readonly id: string
  readonly name: string
  /** Of a project that has ended. */
  readonly archived_at?: string | null
}

/** As many as one answer has; what is beyond is shown by its id. */
const NAMES_MAX = 200

export interface Names {
  readonly keys: readonly Named[]
  readonly projects: readonly Named[]
  /** Its name, or its id where that is not known. */
  readonly keyName: (id: string) => string
  readonly projectName: (id: string) => string
}

/** What the keys and projects of the organisation are called; asked for once, kept for all pages. */
export const useNames = (): Names => {
  const keys = useApi('/api/me/keys', { query: { limit: NAMES_MAX } })
  const projects = useApi('/api/me/projects', { query: { limit: NAMES_MAX } })
  return useMemo(() => {
    const known = { keys: keys.data?.data ?? [], projects: projects.data?.data ?? [] }
    const nameIn = (list: readonly Named[]) => (id: string) => list.find((one) => one.id === id)?.name ?? id
    return { ...known, keyName: nameIn(known.keys), projectName: nameIn(known.projects) }
  }, [keys.data, projects.data])
}

export interface ListedModel {
  readonly id: string
  readonly display_name?: string
  readonly type?: string
}

/** The models that the organisation may ask. */
export const useModels = (): readonly ListedModel[] => {
  const models = useApi('/api/me/models')
  return models.data?.data ?? NONE
}

const NONE: readonly ListedModel[] = []
