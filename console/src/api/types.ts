import type { components, paths } from './schema.d.ts'
import type { Method } from './client.ts'

/** A schema of the description by its name, as `Schema<'Key'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

export type DescribedPath = keyof paths

type OperationOf<P extends string, M extends Method> = P extends DescribedPath
  ? M extends keyof paths[P]
    ? paths[P][M]
    : never
  : never

/** What a described path answers with; `unknown` for one that is not described (yet). */
export type Answer<P extends string, M extends Method = 'get'> = [OperationOf<P, M>] extends [never]
  ? unknown
  : OperationOf<P, M> extends { answer: infer A }
    ? A
    : unknown

/** What a described path takes as its body. */
export type Body<P extends string, M extends Method> = [OperationOf<P, M>] extends [never]
  ? unknown
  : OperationOf<P, M> extends { body: infer B }
    ? B
    : undefined

/** The type named by the caller, or else what the description says. */
export type Given<T, Described> = [T] extends [never] ? Described : T

/** One page of a list. */
export interface Page<Item> {
  readonly data: readonly Item[]
  readonly next_cursor?: string | null
}

export type ItemOf<List> = List extends { data: readonly (infer Item)[] } ? Item : unknown
