/** How far an answer gets before something happens to it. `before-headers`: not even the status line is sent. */
export type Progress = number | 'before-headers'

/**
 * What goes wrong, or slow, with an answer. Everything absent is as a healthy vendor does it: the whole body, at once.
 * Byte counts are of the body and do not include HTTP's own framing.
 */
export interface Fault {
  /** The body is written in pieces of this size, each in a packet (and an HTTP chunk, for streams) of its own. */
  readonly pieceBytes?: number
  /** How long a new connection is left unread. Only for a fault on the whole server. */
  readonly acceptDelayMs?: number
  readonly beforeHeadersMs?: number
  /** The answer waits for this; the test decides when. */
  readonly released?: Promise<unknown>
  readonly betweenPiecesMs?: number
  /**
   * `reset`: TCP RST. `close`: the connection is closed in the middle of the HTTP message. `end`: the HTTP message ends
   * properly, its content does not. `stall`: silence on an open connection, for ever.
   */
  readonly cut?: { readonly how: 'reset' | 'close' | 'end' | 'stall'; readonly after: Progress }
  /** `not-http`: bytes that are no HTTP answer. `not-json`: a 200 whose JSON body is broken. `html`: a proxy's error page with 200. */
  readonly garbage?: 'not-http' | 'not-json' | 'html'
  /** An answer in place of the recorded one. */
  readonly answer?: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body: string
  }
  /** How many requests it hits before it is gone; always, when absent. */
  readonly times?: number
}

export const NEVER_ANSWERS: Fault = { cut: { how: 'stall', after: 'before-headers' } }

/** Faults in force: one for the whole server, others by interaction id, which win. */
export class Faults {
  private readonly byId = new Map<string, { fault: Fault; left: number }>()
  private everywhere: { fault: Fault; left: number } | undefined
  private drawn: (() => Fault) | undefined

  /** From now on every request gets the fault that is drawn for it. */
  draw(fault: () => Fault): void {
    this.drawn = fault
  }

  set(fault: Fault | undefined, id: string | undefined): void {
    const entry = fault && { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
    if (id === undefined) this.everywhere = entry
    else if (entry) this.byId.set(id, entry)
    else this.byId.delete(id)
  }

  /** The fault for a request now being answered; counts it as used. */
  take(id: string | undefined): Fault {
    const entry = (id === undefined ? undefined : this.byId.get(id)) ?? this.everywhere
    if (!entry || entry.left <= 0) return this.drawn?.() ?? {}
    entry.left -= 1
    return entry.fault
  }

  get acceptDelayMs(): number {
    return this.everywhere?.fault.acceptDelayMs ?? 0
  }
}
