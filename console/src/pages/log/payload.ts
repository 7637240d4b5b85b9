/** A body as it was captured. */
export interface PayloadBody {
  readonly headers: Readonly<Record<string, string>>
  readonly encoding: 'utf8' | 'base64'
  readonly body: string
  readonly bytes: number
  /** Only its beginning was kept. */
  readonly cut: boolean
  /** Of a request. */
  readonly method?: string
  readonly path?: string
  /** Of an answer. */
  readonly status?: number
}

export interface PayloadAttempt {
  readonly channel: string
  readonly start_ms: number
  readonly request: PayloadBody
  readonly response: PayloadBody | null
}

/** What a request and its answers said. */
export interface Payload {
  readonly client_request: PayloadBody | null
  readonly client_response: PayloadBody | null
  readonly upstream_request: PayloadBody | null
  readonly upstream_response: PayloadBody | null
  readonly attempts?: readonly PayloadAttempt[]
}

/** The document that a body is; `undefined` where it is a stream, or cut, or no JSON at all. */
export const documentOf = ({ encoding, body, cut }: PayloadBody): object | undefined => {
  if (encoding !== 'utf8' || cut) return undefined
  try {
    const read: unknown = JSON.parse(body)
    return typeof read === 'object' && read !== null ? read : undefined
  } catch {
    return undefined
  }
}

/** The first line of a request or of an answer. */
export const headOf = ({ method, path, status }: PayloadBody): string =>
  status === undefined ? `${method ?? ''} ${path ?? ''}`.trim() : String(status)
