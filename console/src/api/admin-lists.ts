import { useEffect, useMemo } from 'react'
import { useApi, useList } from './hooks.ts'
import type { Schema } from './types.ts'

const PAGE = 200

interface Pages {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isError: boolean
  readonly fetchNextPage: () => unknown
}

/** Reads a list to its end, for what has to be known whole. */
const useWhole = <List extends Pages>(list: List): List => {
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage])
  return list
}

/** Vendor accounts, all of them. */
export const useProviders = () =>
  useWhole(useList<Schema<'Provider'>>('/api/admin/providers', { query: { limit: PAGE } }))

export const useChannels = () => useWhole(useList<Schema<'Channel'>>('/api/admin/channels', { query: { limit: PAGE } }))

export const useGroups = () => useWhole(useList<Schema<'Group'>>('/api/admin/groups', { query: { limit: PAGE } }))

/** Of each model the price in force and those to come. */
export const useStandingPrices = () =>
  useWhole(useList<Schema<'ModelPrice'>>('/api/admin/prices', { query: { limit: PAGE } }))

/** The ids of all models that have a price. */
export const useModelIds = (): readonly string[] => {
  const { rows, isPending, data } = useStandingPrices()
  // `rows` is another list each time: the answer it is made of stays.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  return useMemo(() => (isPending ? [] : [...new Set(rows.map(({ model }) => model))].sort()), [data, isPending])
}

/**
 * The ids of models that are offered here: those that channels name, and those that anybody, or the reader's own
 * organisation, may ask. Among them are those without a price, which are refused.
 */
export const useOfferedModelIds = (): readonly string[] => {
  const channels = useChannels()
  const open = useApi<Offered>('/api/public/models')
  const own = useApi<Offered>('/api/me/models')
  return useMemo(() => {
    const named = (channels.data?.pages ?? []).flatMap(({ data }) => data.flatMap(({ models }) => models ?? []))
    const offered = [...(open.data?.data ?? []), ...(own.data?.data ?? [])].map(({ id }) => id)
    return [...new Set([...named, ...offered])].sort()
  }, [channels.data, open.data, own.data])
}

interface Offered {
  readonly data: readonly { readonly id: string }[]
}

/** How providers, their keys and channels are doing; asked again while it is looked at. */
export const HEALTH_MS = 15_000
