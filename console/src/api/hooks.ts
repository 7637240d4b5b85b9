import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { type CallOptions, call, calledAs, calledBy, type Method } from './client.ts'
import { type ApiError, asApiError } from './error.ts'
import type { Answer, Given, ItemOf, Page } from './types.ts'

export interface ReadOptions extends Pick<CallOptions, 'path' | 'query'> {
  /** False: not asked for yet. */
  readonly enabled?: boolean
  /** Asked again so often, while the page is looked at. */
  readonly everyMs?: number
  /** Keeps showing the last answer while that of other filters is on its way. */
  readonly keepPrevious?: boolean
}

const keyOf = (path: string, options: ReadOptions): readonly unknown[] => [
  'api',
  path,
  options.path ?? {},
  options.query ?? {},
  calledAs() ?? '',
  calledBy() ?? '',
]

/**
 * Reads one thing: `useApi('/api/me/keys/{id}', { path: { id } })`. The type is that of the description; for a path that
 * is not described yet it is named: `useApi<Key>('/api/…')`.
 */
export const useApi = <T = never, P extends string = string>(path: P, options: ReadOptions = {}) =>
  useQuery<Given<T, Answer<P>>, ApiError>({
    queryKey: keyOf(path, options),
    queryFn: ({ signal }) => call<Given<T, Answer<P>>>('get', path, { ...options, signal }),
    enabled: options.enabled ?? true,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.keepPrevious ? { placeholderData: keepPreviousData } : {}),
  })

/**
 * Reads a list page by page, by its cursor: `rows` are all that have been loaded so far. The type is that of one item.
 */
export const useList = <T = never, P extends string = string>(path: P, options: ReadOptions = {}) => {
  type Item = Given<T, ItemOf<Answer<P>>>
  const found = useInfiniteQuery<Page<Item>, ApiError, InfiniteData<Page<Item>>, readonly unknown[], string>({
    queryKey: [...keyOf(path, options), 'list'],
    queryFn: ({ signal, pageParam }) =>
      call<Page<Item>>('get', path, { ...options, query: { ...options.query, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled: options.enabled ?? true,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.keepPrevious ? { placeholderData: keepPreviousData } : {}),
  })
  const rows: readonly Item[] = found.data?.pages.flatMap(({ data }) => data) ?? []
  return { ...found, rows }
}

export interface WriteOptions<Result> {
  /** Beginnings of the paths whose answers are other ones now, as `/api/me/keys`. */
  readonly changes?: readonly string[]
  readonly onSuccess?: (result: Result) => void
}

/**
 * Something to do: `const revoke = useCall('delete', '/api/me/keys/{id}', { changes: ['/api/me/keys'] })`, then
 * `revoke.mutate({ path: { id } })`. `revoke.error` is an `ApiError`, `revoke.isPending` while it runs.
 */
export const useCall = <T = never, M extends Method = Method, P extends string = string>(
  method: M,
  path: P,
  options: WriteOptions<Given<T, Answer<P, M>>> = {},
) => {
  const client = useQueryClient()
  return useMutation<Given<T, Answer<P, M>>, ApiError, CallOptions>({
    mutationFn: async (given) => {
      try {
        return await call<Given<T, Answer<P, M>>>(method, path, given)
      } catch (thrown) {
        throw asApiError(thrown)
      }
    },
    onSuccess: async (result) => {
      options.onSuccess?.(result)
      await forget(client, options.changes ?? [])
    },
  })
}

/** Has everything read again that was answered under these paths. */
export const forget = (client: QueryClient, beginnings: readonly string[]): Promise<void> =>
  client.invalidateQueries({
    predicate: ({ queryKey: [, path] }) =>
      typeof path === 'string' && beginnings.some((beginning) => path.startsWith(beginning)),
  })
