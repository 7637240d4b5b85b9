import type { Principal } from '../keys/types.ts'
import { isLimited } from '../limits/measures.ts'
import type { Ceiling } from '../limits/types.ts'
import type { Candidate } from '../routing/types.ts'
import type { Call } from './call.ts'

/** What a subject may use; what is absent or `null` is not limited. */
export type Limits = Omit<Ceiling, 'subject'>

export interface CeilingsOptions {
  /** For all keys of a user, and of a project, together. */
  readonly perUser: Limits
  readonly perProject: Limits
  readonly groups: ReadonlyMap<string, Limits>
  /** By id of the catalogue. */
  readonly models: ReadonlyMap<string, Limits>
  /** Where there are no keys to be told apart by, everyone is by address. */
  readonly addressOf: ((call: Call) => Ceiling) | undefined
}

/** Everything that limits a request. No subject is named twice. */
export interface Ceilings {
  /** Of a request that is to be sent. */
  ofAdmitted(call: Call, principal: Principal, candidates: readonly Candidate[]): readonly Ceiling[]
  /** Of one that is only counted: it is over already, so that it takes no place. */
  ofCounted(call: Call, principal: Principal): readonly Ceiling[]
}

/** The ceilings of one principal, found once: it never changes, it is read anew. */
interface Own {
  readonly admitted: readonly Ceiling[]
  readonly counted: readonly Ceiling[]
}

/** Finds what limits a request: its key, user, project and group, and each model that may answer it. */
export const createCeilings = (options: CeilingsOptions): Ceilings => {
  const { perUser, perProject, addressOf } = options
  const groups = ceilingsBy('group', options.groups)
  const models = ceilingsBy('model', options.models)
  const known = new WeakMap<Principal, Own>()

  const ownOf = (call: Call, principal: Principal): Own => {
    if (addressOf) return asOwn([addressOf(call), groups.get(principal.group)])
    const found = known.get(principal)
    if (found) return found
    const { keyId, userId, projectId, rpm, tpm, itpm, otpm, concurrency, group } = principal
    const own = asOwn([
      { subject: `key:${keyId}`, rpm, tpm, itpm, otpm, concurrency },
      { ...perUser, subject: `user:${userId}` },
      projectId === null ? undefined : { ...perProject, subject: projectSubject(projectId, userId) },
      groups.get(group),
    ])
    known.set(principal, own)
    return own
  }
  return {
    ofAdmitted(call, principal, candidates) {
      let ceilings = ownOf(call, principal).admitted
      if (models.size === 0) return ceilings
      for (const { model } of candidates) {
        const ceiling = models.get(model.id)
        if (ceiling && !ceilings.includes(ceiling)) ceilings = [...ceilings, ceiling]
      }
      return ceilings
    },
    ofCounted: (call, principal) => ownOf(call, principal).counted,
  }
}

/** A project's id. Any other text is a label of one user's own, and counts for that user alone. */
const PROJECT_ID = /^project_[0-9a-z]{26}$/

const projectSubject = (projectId: string, userId: string): string =>
  PROJECT_ID.test(projectId) ? `project:${projectId}` : `project:${userId}:${projectId}`

const ceilingsBy = (kind: string, limits: ReadonlyMap<string, Limits>): ReadonlyMap<string, Ceiling> =>
  new Map(
    [...limits]
      .map(([id, each]): [string, Ceiling] => [id, { ...each, subject: `${kind}:${id}` }])
      .filter(([, ceiling]) => isLimited([ceiling])),
  )

const asOwn = (ceilings: readonly (Ceiling | undefined)[]): Own => {
  const admitted = ceilings.flatMap((ceiling) => (ceiling && isLimited([ceiling]) ? [ceiling] : []))
  const counted = admitted.map((ceiling) => ({ ...ceiling, concurrency: null })).filter((each) => isLimited([each]))
  return { admitted, counted }
}
