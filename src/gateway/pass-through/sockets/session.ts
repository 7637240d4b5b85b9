import type { Ended } from '../../../canon/receipt.ts'
import type { Socket, SocketEars } from '../../../upstream/socket.ts'
import type { Watch, Watchdog } from '../../../upstream/watchdog.ts'
import type { HideSecrets } from '../../provider-secrets.ts'
import type { Dialogue } from './dialogue.ts'

export interface SessionRules {
  readonly frameBytesMax: number
  readonly bufferBytesMax: number
  readonly idleMs: number
  readonly totalMs: number
  readonly pingMs: number
  /** Whether responses are let run to their end for a client that has left, and for how long. */
  readonly drainMs: number | undefined
}

export interface SessionDeps {
  readonly rules: SessionRules
  readonly watchdog: Watchdog
  readonly hide: HideSecrets
  readonly onDefect: (error: unknown) => void
  /** It has ended, and all of it is settled. */
  readonly onOver: () => void
}

const GOING_AWAY = 1001
const UNSUPPORTED = 1003
const NO_STATUS = 1005
const BROKEN = 1006
const POLICY = 1008
const TOO_BIG = 1009
const INTERNAL = 1011
const NORMAL = 1000

/**
 * Relays the messages of two sockets, each side's in their order and not before the dialogue has seen them. What one side
 * sends and the other does not take, or has not been looked at yet, is limited; so are silence and duration.
 */
export class Session {
  readonly #deps: SessionDeps
  readonly #dialogue: Dialogue
  readonly #upstream: Socket
  #client: Socket | undefined
  /** What the upstream says before the client is there. */
  readonly #early: string[] = []
  #fromClient: Promise<void> = Promise.resolve()
  #fromUpstream: Promise<void> = Promise.resolve()
  #queuedBytes = 0
  readonly #life: Watch
  readonly #pulse: Watch
  #drain: Watch | undefined
  #clientGone = false
  #leaving = false
  #ended = false

  constructor(deps: SessionDeps, dialogue: Dialogue, upstream: Socket) {
    this.#deps = deps
    this.#dialogue = dialogue
    this.#upstream = upstream
    const { watchdog, rules } = deps
    this.#life = watchdog.watch(rules.idleMs, rules.totalMs, (isTotal) =>
      this.#end(
        GOING_AWAY,
        isTotal ? 'the session has lasted as long as one may' : 'nothing was said for too long',
        'whole',
      ),
    )
    this.#pulse = watchdog.watch(rules.pingMs, rules.totalMs * 2, () => {
      if (this.#ended) return
      upstream.ping()
      this.#pulse.extend(rules.pingMs)
    })
  }

  /** The client's socket is open. */
  connected(client: Socket): SocketEars {
    this.#client = client
    for (const text of this.#early.splice(0)) client.send(text)
    if (this.#ended) client.close(INTERNAL, 'the upstream has closed the session')
    return {
      message: (message) => this.#clientSaid(message),
      closed: (code, reason) => this.#clientLeft(code, reason),
    }
  }

  /** What the upstream's socket is listened to with. */
  readonly ears: SocketEars = {
    message: (message) => this.#upstreamSaid(message),
    closed: (code, reason) => {
      this.#fromUpstream = this.#fromUpstream.then(() => {
        const isClean = code !== BROKEN && code !== NO_STATUS
        const told = Buffer.from(this.#deps.hide(Buffer.from(reason))).toString('utf8')
        this.#end(isClean ? code : INTERNAL, isClean ? told : 'the upstream broke off the session', 'upstream_cut')
      })
    },
  }

  /** Tollgate is being stopped: what is being said is said to its end. */
  goAway(): void {
    this.#leaving = true
    if (!this.#dialogue.isBusy) this.#end(GOING_AWAY, 'the gateway is restarting; connect again', 'whole')
  }

  #clientSaid(message: string | Uint8Array): void {
    if (this.#ended) return
    if (typeof message !== 'string') {
      this.#end(UNSUPPORTED, 'events are text', 'client_cut')
      return
    }
    if (!this.#queues(message)) return
    this.#life.extend(this.#deps.rules.idleMs)
    this.#fromClient = this.#fromClient.then(() => this.#judge(message)).catch((error) => this.#broke(error))
  }

  async #judge(message: string): Promise<void> {
    this.#queuedBytes -= message.length
    if (this.#ended || this.#clientGone) return
    const verdict = await this.#dialogue.fromClient(message)
    if (this.#ended) return
    if ('forward' in verdict) {
      this.#upstream.send(verdict.forward)
      if (this.#upstream.bufferedBytes > this.#deps.rules.bufferBytesMax)
        this.#end(INTERNAL, 'the upstream does not take what is sent', 'upstream_cut')
      return
    }
    this.#client?.send(verdict.refuse)
    if (verdict.close) this.#end(verdict.close.code, verdict.close.reason, 'whole')
  }

  #upstreamSaid(message: string | Uint8Array): void {
    if (this.#ended) return
    const text = typeof message === 'string' ? message : Buffer.from(message).toString('utf8')
    if (text.length > this.#deps.rules.frameBytesMax) {
      this.#end(TOO_BIG, 'the upstream sent too large a message', 'upstream_cut')
      return
    }
    if (!this.#queues(text)) return
    this.#life.extend(this.#deps.rules.idleMs)
    this.#fromUpstream = this.#fromUpstream.then(() => this.#tell(text)).catch((error) => this.#broke(error))
  }

  async #tell(text: string): Promise<void> {
    this.#queuedBytes -= text.length
    if (this.#ended) return
    await this.#dialogue.fromUpstream(text)
    if (this.#clientGone) {
      if (!this.#dialogue.isBusy) this.#end(NORMAL, '', 'client_cut')
      return
    }
    const shown = text.includes('"error"') ? Buffer.from(this.#deps.hide(Buffer.from(text))).toString('utf8') : text
    if (!this.#client) this.#early.push(shown)
    else this.#client.send(shown)
    if (this.#leaving) this.goAway()
    if ((this.#client?.bufferedBytes ?? 0) > this.#deps.rules.bufferBytesMax)
      this.#end(POLICY, 'the client does not take what is sent', 'client_cut')
  }

  /** Whether there is room for one more message that waits. */
  #queues(text: string): boolean {
    this.#queuedBytes += text.length
    if (this.#queuedBytes <= this.#deps.rules.bufferBytesMax + this.#deps.rules.frameBytesMax) return true
    this.#end(POLICY, 'more is sent than is taken', 'client_cut')
    return false
  }

  #clientLeft(code: number, reason: string): void {
    if (this.#ended || this.#clientGone) return
    this.#clientGone = true
    const { drainMs } = this.#deps.rules
    const end = (): void =>
      this.#end(code === NO_STATUS ? NORMAL : code === BROKEN ? GOING_AWAY : code, reason, 'client_cut')
    if (drainMs === undefined || !this.#dialogue.isBusy) end()
    else this.#drain = this.#deps.watchdog.watch(drainMs, drainMs, end)
  }

  #broke(error: unknown): void {
    this.#deps.onDefect(error)
    this.#end(INTERNAL, 'something broke on our side', 'upstream_cut')
  }

  #end(code: number, reason: string, ended: Ended): void {
    if (this.#ended) return
    this.#ended = true
    this.#life.end()
    this.#pulse.end()
    this.#drain?.end()
    this.#upstream.close(code, reason)
    // What is open is settled first, so that a receipt asked for at the end is there.
    void this.#dialogue
      .over(ended)
      .catch(this.#deps.onDefect)
      .finally(() => {
        this.#client?.close(code, reason)
        this.#deps.onOver()
      })
  }
}
