/** An expected outcome: a value, or the reason there is none. `throw` is kept for broken invariants. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }
/** There at once where it can be: most requests need not wait for it, and a promise costs memory. Always `await` it. */
export type Soon<T> = T | Promise<T>

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error })
