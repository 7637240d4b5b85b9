/** Amounts as the control plane gives them: decimal strings in USD with nine places. */
export interface BalanceJson {
  readonly posted_usd: string
  readonly held_usd: string
  readonly available_usd: string
}

export interface LedgerCheckJson {
  readonly ok: boolean
  readonly accounts: number
  readonly postings: number
  readonly open_holds: number
  readonly sum_usd: string
}

/** The parts of a receipt that tests look at; the rest is there too. */
export interface ReceiptJson {
  readonly request_id: string
  readonly client_format: string
  readonly upstream_format: string
  readonly action: string
  readonly model_requested: string
  readonly model_served: string
  readonly provider: string
  readonly channel: string
  readonly attempts: readonly { readonly channel: string; readonly status: number; readonly error: string | null }[]
  readonly status: number
  readonly stream: boolean
  readonly ended: 'whole' | 'client_cut' | 'upstream_cut' | 'failed' | 'abandoned'
  readonly usage: Readonly<Record<string, number>>
  readonly usage_source: 'upstream' | 'estimated'
  readonly quote_usd: string
  readonly uncollected_usd: string
  readonly cost_usd: string
  readonly warnings: readonly string[]
}

export interface KeyOptions {
  readonly user_id: string
  readonly name?: string
  readonly [option: string]: unknown
}

/** A user with money and a key, ready to ask. */
export interface Customer {
  readonly userId: string
  readonly keyId: string
  readonly key: string
}

/** The control plane of a running gateway, as `docs` and contract describe it; any unexpected status throws. */
export interface Admin {
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>
  createUser(email?: string, more?: Readonly<Record<string, unknown>>): Promise<string>
  credit(userId: string, amountUsd: string): Promise<BalanceJson>
  createKey(options: KeyOptions): Promise<{ readonly id: string; readonly key: string }>
  createCustomer(amountUsd: string, keyOptions?: Readonly<Record<string, unknown>>): Promise<Customer>
  balance(userId: string): Promise<BalanceJson>
  ledgerCheck(): Promise<LedgerCheckJson>
  /** Newest first; all pages, at most `most`. */
  requests(filter: Readonly<Record<string, string>>, most?: number): Promise<ReceiptJson[]>
  /** As the owner of `key` sees it. */
  receipt(requestId: string, key: string): Promise<ReceiptJson>
}

let lastUser = 0

export const adminOf = (url: string, adminKey: string): Admin => {
  const call: Admin['call'] = async (method, path, body) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const expect = async <T>(status: number, method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call(method, path, body)
    if (answer.status === status) return answer.body as T
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  }
  const admin: Admin = {
    call,
    createUser: async (email, more = {}) => {
      lastUser += 1
      const unique = email ?? `user${lastUser}.${process.pid}@example.org`
      return (await expect<{ id: string }>(201, 'POST', '/api/admin/users', { email: unique, ...more })).id
    },
    credit: (userId, amountUsd) =>
      expect(201, 'POST', `/api/admin/users/${userId}/credits`, {
        amount_usd: amountUsd,
        reason: 'test',
        idempotency_key: crypto.randomUUID(),
      }),
    createKey: (options) => expect(201, 'POST', '/api/admin/keys', { name: 'test', ...options }),
    createCustomer: async (amountUsd, keyOptions = {}) => {
      const userId = await admin.createUser()
      if (amountUsd !== '0') await admin.credit(userId, amountUsd)
      const { id, key } = await admin.createKey({ user_id: userId, ...keyOptions })
      return { userId, keyId: id, key }
    },
    balance: (userId) => expect(200, 'GET', `/api/admin/users/${userId}/balance`),
    ledgerCheck: () => expect(200, 'GET', '/api/admin/ledger/check'),
    requests: async (filter, most = 10_000) => {
      const found: ReceiptJson[] = []
      let cursor: string | null = null
      do {
        const query = new URLSearchParams({ ...filter, ...(cursor === null ? {} : { cursor }) })
        const page: { data: ReceiptJson[]; next_cursor: string | null } = await expect(
          200,
          'GET',
          `/api/admin/requests?${query}`,
        )
        found.push(...page.data)
        cursor = page.next_cursor
      } while (cursor !== null && found.length < most)
      return found
    },
    receipt: async (requestId, key) => {
      const answer = await fetch(`${url}/v1/receipts/${requestId}`, { headers: { authorization: `Bearer ${key}` } })
      if (answer.status === 200) return (await answer.json()) as ReceiptJson
      throw new Error(`the receipt of ${requestId} answered ${answer.status}: ${await answer.text()}`)
    },
  }
  return admin
}
