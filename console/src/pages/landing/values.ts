import { useApi } from '../../api/hooks.ts'
import { useSession } from '../../app/session.tsx'

interface Said {
  readonly base_url: string
  readonly model: string
  readonly key_needed: boolean
}

export interface Values {
  readonly baseUrl: string
  /** '' until it is known. */
  readonly model: string
  /** `undefined` until it is known. */
  readonly isKeyNeeded: boolean | undefined
}

/** Where this gateway is, which model to try, and whether that needs a key. */
export const useValues = (): Values => {
  const { data } = useApi<Said>('/docs/values.json')
  const { public_url } = useSession()
  return {
    baseUrl: data?.base_url ?? public_url.replace(/\/+$/, ''),
    model: data?.model ?? '',
    isKeyNeeded: data?.key_needed,
  }
}
