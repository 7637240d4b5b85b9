import type { StoreApi } from '../providers/types.ts'

export type { StoreApi } from '../providers/types.ts'

/** Where something is kept: a key of a provider, and the channel it was put there through. */
export interface KeptAt {
  readonly api: StoreApi
  readonly provider: string
  readonly channel: string
  readonly providerKey: string
}

/** A file that a provider keeps. */
export interface FileRecord extends KeptAt {
  /** Whose it is: nobody else learns that it exists. */
  readonly scope: string
  readonly id: string
  readonly userId: string
  readonly keyId: string
  readonly purpose: string
  readonly bytes: number
  /** Of what a batch wrote: the request that made the batch. */
  readonly batch: string | null
  readonly createdAtMs: number
  /** What the provider said of it last, as JSON. */
  readonly body: string
}

/** A batch at a provider. */
export interface BatchRecord extends KeptAt {
  /** The request that made it. */
  readonly requestId: string
  readonly scope: string
  /** The provider's own; `null` while nobody knows whether it was made. */
  readonly id: string | null
  readonly userId: string
  readonly keyId: string
  /** The file its client named, and the one that the provider was given. */
  readonly inputFile: string | null
  readonly sentFile: string | null
  readonly createdAtMs: number
  readonly settledAtMs: number | null
  /** What the provider said of it last, as JSON; empty before. */
  readonly body: string
  /** What is held for each of its models, as JSON. */
  readonly shares: string
  /** Which share each line is of, as JSON; `null` where there is one share. */
  readonly lines: string | null
}

/** A part of a list, newest first unless it says otherwise. Both ids belong to what is left out. */
export interface ListPart {
  readonly limit: number
  readonly after?: string | undefined
  readonly before?: string | undefined
  readonly oldestFirst?: boolean
}

export interface ListedPart<T> {
  readonly rows: readonly T[]
  readonly hasMore: boolean
}

/** Files at providers. */
export interface FileStore {
  /** One that is known already stays as it is. */
  add(files: readonly FileRecord[]): Promise<void>
  /** What the provider says of one. */
  note(scope: string, id: string, said: Pick<FileRecord, 'body' | 'bytes'>): Promise<void>
  find(scope: string, id: string): Promise<FileRecord | undefined>
  /** Those of the ids that are known, in no order, whoever's they are. */
  findAll(ids: readonly string[]): Promise<readonly FileRecord[]>
  /** The newest that its owner put there. */
  newest(scope: string, api: StoreApi): Promise<FileRecord | undefined>
  list(scope: string, api: StoreApi, part: ListPart, purpose?: string): Promise<ListedPart<FileRecord>>
  remove(scope: string, id: string): Promise<void>
}

/** Batches at providers. Whoever looks after one has a lease of it, so that nobody else does. */
export interface BatchStore {
  /** Writes one that is about to be made, leased; `false` where its key has `openMax` that are not settled. */
  open(batch: BatchRecord, openMax: number, leaseMs: number): Promise<boolean>
  /** It was made, or is known to have been. */
  made(requestId: string, id: string, body: string, nextAtMs: number): Promise<void>
  /** The file that the provider was given. */
  sent(requestId: string, file: string): Promise<void>
  /** What the provider says of it. */
  note(requestId: string, body: string): Promise<void>
  find(scope: string, id: string): Promise<BatchRecord | undefined>
  byRequest(requestId: string): Promise<BatchRecord | undefined>
  /** Which of a provider's ids are known, whoever's they are. */
  known(provider: string, ids: readonly string[]): Promise<ReadonlySet<string>>
  list(scope: string, api: StoreApi, part: ListPart): Promise<ListedPart<BatchRecord>>
  /** All that are not settled. */
  unsettled(): Promise<readonly BatchRecord[]>
  /** Leases some whose time has come. */
  due(limit: number, leaseMs: number): Promise<readonly BatchRecord[]>
  /** Leases one; `false` where somebody else has it, or it is settled. */
  claim(requestId: string, leaseMs: number): Promise<boolean>
  /** Goes on with a lease. */
  renew(requestId: string, leaseMs: number): Promise<void>
  /** It is looked at as soon as somebody can. */
  hasten(requestId: string): Promise<void>
  /** Gives a lease back: it is looked at again then. */
  free(requestId: string, nextAtMs: number): Promise<void>
  /** It has been charged. */
  settled(requestId: string): Promise<void>
  /** There is none any more, or there never was. */
  remove(requestId: string): Promise<void>
}
